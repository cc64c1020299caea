import type { ByteString } from "../text/bytes.ts";
import type { Entry, Selector } from "./collections.ts";
import { Keyed } from "./collections.ts";

/** FILES_TMPNAMES: the files are written when a rule first asks for their names. */
export class UploadNames extends Keyed {
  #write: (() => void) | undefined = undefined;

  /** `write` puts the uploads into files and adds their names; it runs once, at the first look at the collection. */
  setSource(write: () => void): void {
    this.#write = write;
  }

  override select(selector: Selector | undefined, out: Entry[]): void {
    this.#load();
    super.select(selector, out);
  }

  override first(key?: ByteString): ByteString | undefined {
    this.#load();
    return super.first(key);
  }

  override data(): Map<ByteString, ByteString[]> {
    this.#load();
    return super.data();
  }

  #load(): void {
    const write = this.#write;
    this.#write = undefined;
    write?.();
  }
}
