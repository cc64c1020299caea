import type { XmlElement } from "../body/xml-collector.ts";
import type { Selector } from "./collections.ts";
import { selectXPath } from "../body/xpath.ts";
import { Entry, Keyed } from "./collections.ts";

/** XML: the two lists `//@*` and `/*`, and any other path of the XPath subset, looked up when a rule asks. */
export class XmlVariable extends Keyed {
  #document: XmlElement | undefined;

  /** The tree that paths are looked up in. */
  setDocument(document: XmlElement): void {
    this.#document = document;
  }

  override select(selector: Selector | undefined, out: Entry[]): void {
    if (
      selector?.kind !== "key" ||
      selector.text === "//@*" ||
      selector.text === "/*" ||
      this.#document === undefined
    ) {
      return super.select(selector, out);
    }
    for (const value of selectXPath(this.#document, selector.text))
      out.push(new Entry(selector.text, selector.key, value));
  }
}
