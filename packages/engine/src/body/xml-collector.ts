import type { ByteString } from "../text/bytes.ts";

/** An element of the light tree that XPath selectors walk. */
export interface XmlElement {
  readonly name: ByteString;
  readonly attributes: readonly (readonly [name: ByteString, value: ByteString])[];
  readonly children: XmlElement[];
  /** Trimmed, non-blank text pieces directly inside. */
  readonly texts: ByteString[];
}

/** Gathers what rules see of an XML document while it is being read. */
export class XmlCollector {
  /** Attribute values in document order. */
  readonly attributes: ByteString[] = [];
  /** Non-blank text pieces in document order, with the path of their element as an argument name. */
  readonly texts: { readonly name: ByteString; readonly text: ByteString }[] = [];
  /** Stands above the document element. */
  readonly root: XmlElement = { name: "", attributes: [], children: [], texts: [] };
  readonly #open: XmlElement[] = [this.root];
  #pending: ByteString[] = [];

  get depth(): number {
    return this.#open.length - 1;
  }

  open(name: ByteString, attributes: XmlElement["attributes"]): void {
    this.breakText();
    for (const [, value] of attributes) this.attributes.push(value);
    const element: XmlElement = { name, attributes, children: [], texts: [] };
    this.#open.at(-1)!.children.push(element);
    this.#open.push(element);
  }

  close(): void {
    this.breakText();
    if (this.#open.length > 1) this.#open.pop();
  }

  text(piece: ByteString): void {
    this.#pending.push(piece);
  }

  /** Ends the current piece: child elements and comments split text. */
  breakText(): void {
    if (this.#pending.length === 0) return;
    const text = this.#pending.join("").trim();
    this.#pending = [];
    if (text === "") return;
    this.#open.at(-1)!.texts.push(text);
    this.texts.push({ name: ["xml", ...this.#open.slice(1).map((element) => element.name)].join("."), text });
  }
}
