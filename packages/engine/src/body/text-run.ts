import type { ByteString } from "../text/bytes.ts";
import { trimSpace } from "../text/trim.ts";

/**
 * The text between two tags. Comments, processing instructions and CDATA sections cut it into pieces; each counts on its
 * own, and so does the whole.
 *
 * Compat: Coraza has the pieces only. An application reads them as one text, so a comment in the middle of an attack would
 * hide it.
 */
export class TextRun {
  #whole = "";
  #piece = "";
  readonly #pieces: ByteString[] = [];

  add(text: ByteString): void {
    this.#piece += text;
  }

  cut(): void {
    if (this.#piece === "") return;
    this.#whole += this.#piece;
    const piece = trimSpace(this.#piece, true, true);
    this.#piece = "";
    if (piece !== "") this.#pieces.push(piece);
  }

  /** Hands over what was gathered, trimmed and without blank pieces, and begins anew. */
  end(take: (text: ByteString) => void): void {
    this.cut();
    for (const piece of this.#pieces) take(piece);
    if (this.#pieces.length > 1) take(trimSpace(this.#whole, true, true));
    this.#pieces.length = 0;
    this.#whole = "";
  }
}
