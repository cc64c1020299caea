import type { ByteString } from "../text/bytes.ts";
import { ownCopy } from "../text/own-copy.ts";
import { markOf } from "../text/mark.ts";
import { Entry } from "../variables/collections.ts";
import { MetTwice, WAYS } from "./met-twice.ts";

/** Longer names and values are not kept. */
const LONGEST = 256;
/** A power of two. */
const PLACES = 4096;

/**
 * Headers that came up at least twice lately, whichever transactions they came with: the same entry for all, with what is
 * known of its name and value.
 * Perf: browsers send a dozen and a half that differ little: one look takes the place of folding a name and of a look for
 * the name and one for the value: 6 of 157 µs of a browser's request and its page (bench, level 1). Cookies are not worth it: what most
 * of them say differs between visitors, and an entry that is kept for nothing costs more than two looks.
 *
 * Invariant: at most PLACES, with up to twice LONGEST bytes each, none of them a part of a longer text.
 */
export class EntryMemo {
  readonly #recent = new MetTwice<Entry>(PLACES);

  of(name: ByteString, value: ByteString): Entry {
    if (name.length > LONGEST || value.length > LONGEST) return new Entry(name, value);
    const mark = markOf(value) ^ ((name.length << 24) | (name.charCodeAt(name.length - 1) << 16));
    for (let way = 0; way < WAYS; way++) {
      const kept = this.#recent.at(mark, way);
      if (kept !== undefined && kept.key === name && kept.value === value) return kept;
    }
    const place = this.#recent.placeIfMet(mark);
    if (place < 0) return new Entry(name, value);
    return this.#recent.keep(place, mark, new Entry(ownCopy(name), ownCopy(value), undefined, true));
  }
}
