import type { ByteString } from "../text/bytes.ts";
import type { Selector } from "./collections.ts";
import { selectXPath } from "../body/xpath.ts";
import { toLowerAscii } from "../text/ascii.ts";
import { Entry, Keyed } from "./collections.ts";

/** XML: the two lists `//@*` and `/*`, and any other path of the XPath subset, looked up when a rule asks. */
export class XmlVariable extends Keyed {
  #document: (() => ByteString) | undefined;
  /** Results by path: rules of one set ask for the same few. */
  readonly #found = new Map<ByteString, readonly Entry[]>();

  /** The text that paths are looked up in. */
  setDocument(document: () => ByteString): void {
    this.#document = document;
  }

  override select(selector: Selector | undefined, out: Entry[]): void {
    if (selector?.kind !== "key" || isList(selector.text)) return super.select(selector, out);
    const found = this.#lookUp(selector.text);
    for (let at = 0; at < found.length; at++) out.push(found[at]!);
  }

  override first(key: ByteString = ""): ByteString | undefined {
    return isList(key) ? super.first(key) : this.#lookUp(key)[0]?.value;
  }

  #lookUp(path: ByteString): readonly Entry[] {
    const known = this.#found.get(path);
    if (known !== undefined) return known;
    if (this.#document === undefined) return [];
    const lower = toLowerAscii(path);
    const found = selectXPath(this.#document(), path).map((value) => new Entry(path, value, lower));
    this.#found.set(path, found);
    return found;
  }
}

function isList(key: ByteString): boolean {
  return key === "//@*" || key === "/*" || key === "";
}
