import { SaxesParser } from "saxes";
import type { ByteString } from "../text/bytes.ts";
import { encodeUtf8 } from "../text/bytes.ts";
import { toLowerAscii } from "../text/ascii.ts";
import { decodeUtf8 } from "../text/utf8-decode.ts";
import { invalidUtf8At } from "../text/utf8-validate.ts";

/** What a reader of XML is told, in document order. Texts are byte strings. */
export interface XmlEvents {
  open(name: ByteString, attributes: readonly XmlAttribute[]): void;
  close(): void;
  text(text: ByteString): void;
  /** A comment, a processing instruction or the border of a CDATA section. */
  cut(): void;
}

/** Name, with its prefix, and value. */
export type XmlAttribute = readonly [name: ByteString, value: ByteString];

/** What was wrong with a document. */
export interface XmlReading {
  readonly error: string | undefined;
  /** False when reading stopped before the end. */
  readonly complete: boolean;
}

const DEPTH_LIMIT = 1024;
/** Elements, attributes and texts together. */
const NODE_LIMIT = 200_000;
const FAULT_LIMIT = 100;
/** Small, so that little work is left once a limit is hit. */
const PIECE = 4096;
/** Encodings whose bytes are characters of the same number, near enough for what rules look for. */
const singleByte: ReadonlySet<string> = new Set(["iso-8859-1", "iso-8859-15", "latin1", "windows-1252"]);

/**
 * Reads a document strictly (decision 3): the first fault is returned. As far as the tokenizer can make sense of what
 * follows it, that is reported too, so that a fault hides little. No document type, no entities beyond the five of XML;
 * nothing is ever loaded. `cut`: the document was cut by a limit of ours, and its missing end is no fault.
 */
export function readXml(bytes: ByteString, events: XmlEvents, cut = false): XmlReading {
  return new XmlReader(events).read(bytes, cut);
}

class XmlReader {
  readonly #parser = new SaxesParser<{ position: false; xmlns: false }>({ position: false, xmlns: false });
  readonly #events: XmlEvents;
  #error: string | undefined = undefined;
  #faults = 0;
  #stopped = false;
  #depth = 0;
  #nodes = 0;
  #encoding = "utf-8";

  constructor(events: XmlEvents) {
    this.#events = events;
    this.#listen();
  }

  read(bytes: ByteString, cut: boolean): XmlReading {
    let start = bytes.startsWith("\xef\xbb\xbf") ? 3 : 0;
    // The declaration, which is ASCII, says how to read the rest.
    if (bytes.startsWith("<?xml", start)) {
      const end = bytes.indexOf(">", start) + 1;
      if (end > 0 && end <= start + PIECE) {
        this.#feed(bytes.slice(start, end));
        start = end;
      }
    }
    const rest = start === 0 ? bytes : bytes.slice(start);
    if (singleByte.has(this.#encoding)) this.#feed(rest);
    else {
      const supported = this.#encoding === "utf-8" || this.#encoding === "us-ascii" || this.#encoding === "utf8";
      if (!supported) this.#fault(`the encoding ${this.#encoding} is not read`);
      else if (invalidUtf8At(rest) >= 0) this.#fault("the document is not valid UTF-8");
      this.#feed(decodeUtf8(rest));
    }
    const error = this.#error;
    if (!this.#stopped) this.#parser.close();
    return { error: cut ? error : this.#error, complete: !this.#stopped };
  }

  #feed(text: string): void {
    for (let at = 0; at < text.length && !this.#stopped; at += PIECE) this.#parser.write(text.slice(at, at + PIECE));
  }

  #listen(): void {
    const parser = this.#parser;
    parser.on("error", (fault) => this.#fault(encodeUtf8(fault.message)));
    parser.on("xmldecl", ({ encoding }) => {
      if (encoding !== undefined) this.#encoding = toLowerAscii(encoding);
    });
    parser.on("doctype", () => this.#fault("document types are not read"));
    parser.on("opentag", ({ name, attributes }) => this.#open(name, attributes));
    parser.on("closetag", () => {
      this.#depth--;
      if (!this.#stopped) this.#events.close();
    });
    parser.on("text", (text) => this.#text(text));
    parser.on("cdata", (text) => {
      this.#cut();
      this.#text(text);
      this.#cut();
    });
    parser.on("comment", () => this.#cut());
    parser.on("processinginstruction", () => this.#cut());
  }

  #open(name: string, attributes: Readonly<Record<string, string>>): void {
    const pairs: XmlAttribute[] = [];
    for (const key in attributes) pairs.push([encodeUtf8(key), encodeUtf8(attributes[key]!)]);
    if (++this.#depth > DEPTH_LIMIT) this.#stop(`elements are nested more than ${DEPTH_LIMIT} deep`);
    this.#count(1 + pairs.length);
    if (!this.#stopped) this.#events.open(encodeUtf8(name), pairs);
  }

  #text(text: string): void {
    this.#count(1);
    if (!this.#stopped) this.#events.text(encodeUtf8(text));
  }

  #cut(): void {
    if (!this.#stopped) this.#events.cut();
  }

  #count(nodes: number): void {
    this.#nodes += nodes;
    if (this.#nodes > NODE_LIMIT) this.#stop(`the document has more than ${NODE_LIMIT} elements, attributes and texts`);
  }

  #fault(message: string): void {
    this.#error ??= message;
    if (++this.#faults > FAULT_LIMIT) this.#stopped = true;
  }

  #stop(message: string): void {
    this.#error ??= message;
    this.#stopped = true;
  }
}
