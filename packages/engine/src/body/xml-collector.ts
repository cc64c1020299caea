import type { ByteString } from "../text/bytes.ts";
import type { XmlAttribute, XmlEvents } from "./xml-reader.ts";
import { TextRun } from "./text-run.ts";

/** Takes a value and, on request, its name as an argument: `xml.a.b` for a text, `xml.a.b.@c` for an attribute. */
export interface XmlSink {
  attribute(value: ByteString, argumentName: () => ByteString): void;
  text(value: ByteString, argumentName: () => ByteString): void;
}

/** Hands every attribute value and every piece of text to a sink, in document order. */
export class XmlCollector implements XmlEvents {
  readonly #sink: XmlSink;
  readonly #run = new TextRun();
  /** Argument names of the open elements. */
  readonly #names: ByteString[] = ["xml"];

  constructor(sink: XmlSink) {
    this.#sink = sink;
  }

  open(name: ByteString, attributes: readonly XmlAttribute[]): void {
    this.end();
    const path = `${this.#current()}.${name}`;
    this.#names.push(path);
    for (const [key, value] of attributes) this.#sink.attribute(value, () => `${path}.@${key}`);
  }

  close(): void {
    this.end();
    if (this.#names.length > 1) this.#names.pop();
  }

  text(text: ByteString): void {
    this.#run.add(text);
  }

  cut(): void {
    this.#run.cut();
  }

  /** Ends the text being gathered; also to be called after the document. */
  end(): void {
    this.#run.end((text) => this.#sink.text(text, () => this.#current()));
  }

  #current(): ByteString {
    return this.#names[this.#names.length - 1]!;
  }
}
