import type { ByteString } from "../text/bytes.ts";
import { WAYS } from "./met-twice.ts";

/** What is remembered together with a text. */
interface OfText {
  readonly text: ByteString;
}

/** A power of two. */
const PLACES = 1024;

/**
 * Long texts used lately, found by a mark that is made of a few of their bytes; one text a mark. When there is no more room
 * a hand goes round and takes out those that were not found since it came by.
 */
export class RecentTexts<T extends OfText> {
  readonly #limit: number;
  readonly #marks = new Int32Array(PLACES);
  readonly #items = new Array<T | undefined>(PLACES).fill(undefined);
  /** By place: 1 when its text was found since the hand came by. */
  readonly #used = new Uint8Array(PLACES);
  #hand = 0;
  /** Which of its places the next text takes. */
  #turn = 0;
  #bytes = 0;

  /** Holds texts of up to `limit` bytes together. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  find(mark: number, text: ByteString): T | undefined {
    const place = this.#placeOf(mark);
    const known = place < 0 ? undefined : this.#items[place]!;
    if (known === undefined || known.text !== text) return undefined;
    this.#used[place] = 1;
    return known;
  }

  /** In the place of the text that has this mark so far, or of one that looks a little like it. */
  add(mark: number, item: T): void {
    const known = this.#placeOf(mark);
    const place = known >= 0 ? known : firstPlace(mark) + (this.#turn++ & (WAYS - 1));
    this.#clear(place);
    this.#marks[place] = mark;
    this.#items[place] = item;
    this.#bytes += item.text.length;
    while (this.#bytes > this.#limit) this.#advance();
  }

  remove(mark: number): void {
    const place = this.#placeOf(mark);
    if (place >= 0) this.#clear(place);
  }

  #placeOf(mark: number): number {
    const first = firstPlace(mark);
    for (let place = first; place < first + WAYS; place++) {
      if (this.#marks[place] === mark && this.#items[place] !== undefined) return place;
    }
    return -1;
  }

  #advance(): void {
    const place = this.#hand;
    this.#hand = (place + 1) & (PLACES - 1);
    if (this.#used[place] === 1) this.#used[place] = 0;
    else this.#clear(place);
  }

  #clear(place: number): void {
    const item = this.#items[place];
    if (item === undefined) return;
    this.#bytes -= item.text.length;
    this.#items[place] = undefined;
    this.#used[place] = 0;
  }
}

function firstPlace(mark: number): number {
  return (mark >>> 1) & (PLACES - WAYS);
}
