import type { ByteString } from "../text/bytes.ts";

/** What is remembered together with a text. */
interface OfText {
  readonly text: ByteString;
}

/** Long texts used lately, found by a mark that is made of a few of their bytes; one text a mark. */
export class RecentTexts<T extends OfText> {
  readonly #limit: number;
  /** Those used last at the end. */
  readonly #byMark = new Map<number, T>();
  #bytes = 0;

  /** Holds texts of up to `limit` bytes together. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  find(mark: number, text: ByteString): T | undefined {
    const known = this.#byMark.get(mark);
    if (known === undefined || known.text !== text) return undefined;
    this.#byMark.delete(mark);
    this.#byMark.set(mark, known);
    return known;
  }

  /** In the place of the text that has this mark so far; those used longest ago make room. */
  add(mark: number, item: T): void {
    this.remove(mark);
    this.#byMark.set(mark, item);
    this.#bytes += item.text.length;
    for (const oldest of this.#byMark.keys()) {
      if (this.#bytes <= this.#limit) break;
      this.remove(oldest);
    }
  }

  remove(mark: number): void {
    const known = this.#byMark.get(mark);
    if (known === undefined) return;
    this.#byMark.delete(mark);
    this.#bytes -= known.text.length;
  }
}
