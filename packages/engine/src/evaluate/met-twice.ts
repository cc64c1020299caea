/** Places that an item may have, a power of two: with fewer, items that come in turns would drive each other out. */
export const WAYS = 4;

/**
 * Items that came up at least twice lately, by their marks: numbers, not 0, made of what they are. An item has one of a few
 * places and gives it up to the next one that comes twice.
 * Perf: no table of texts, which would hash every byte of them; what never comes again leaves a mark and no more, so it dies
 * young (bench, unique values).
 */
export class MetTwice<T> {
  /** By place: the mark of an item that was asked about and not kept; that of the one that is kept; and that one. */
  readonly #met: Int32Array;
  readonly #marks: Int32Array;
  readonly #kept: (T | undefined)[];
  /** The last place with which those of a mark may begin. */
  readonly #last: number;
  /** Which of its places the next item takes. */
  #turn = 0;

  /** `places` is a power of two. */
  constructor(places: number) {
    this.#met = new Int32Array(places);
    this.#marks = new Int32Array(places);
    this.#kept = new Array<T | undefined>(places).fill(undefined);
    this.#last = places - WAYS;
  }

  /** The item in one of the places of a mark, if it has that mark. It may be another one that looks like it. */
  at(mark: number, way: number): T | undefined {
    const place = ((mark >>> 1) & this.#last) + way;
    return this.#marks[place] === mark ? this.#kept[place] : undefined;
  }

  /** Where an item that was not found is to be kept: -1 unless it, or one that looks like it, was not found before. */
  placeIfMet(mark: number): number {
    const first = (mark >>> 1) & this.#last;
    let wasMet = false;
    let free = -1;
    for (let place = first; place < first + WAYS; place++) {
      if (this.#met[place] === mark) wasMet = true;
      if (free < 0 && this.#kept[place] === undefined) free = place;
    }
    const next = first + (this.#turn++ & (WAYS - 1));
    if (wasMet) return free < 0 ? next : free;
    this.#met[next] = mark;
    return -1;
  }

  keep(place: number, mark: number, item: T): T {
    this.#marks[place] = mark;
    this.#kept[place] = item;
    return item;
  }
}
