import type { IpAddress, IpWords } from "./ip.ts";
import type { IpRange } from "./cidr.ts";

/**
 * Networks, ready for look-up: sorted, overlaps merged, binary search.
 *
 * IPv4 addresses, mapped ones included, are looked for in IPv4 networks only, as Coraza does: `::/0` does not hold `192.0.2.1`.
 */
export class IpSet {
  readonly #v4: RangeList;
  readonly #v6: RangeList;

  constructor(ranges: readonly IpRange[]) {
    this.#v4 = new RangeList(ranges.filter((range) => range.version === 4));
    this.#v6 = new RangeList(ranges.filter((range) => range.version === 6));
  }

  has(address: IpAddress): boolean {
    return (address.version === 4 ? this.#v4 : this.#v6).has(address.words);
  }
}

class RangeList {
  /** Four words per range. Invariant: ascending, and no two ranges overlap. */
  readonly #first: Uint32Array;
  readonly #last: Uint32Array;

  constructor(ranges: readonly IpRange[]) {
    const sorted = ranges.toSorted((a, b) => compare(a.first, b.first));
    const merged: { first: IpWords; last: IpWords }[] = [];
    for (const { first, last } of sorted) {
      const open = merged.at(-1);
      if (open === undefined || compare(first, open.last) > 0) merged.push({ first, last });
      else if (compare(last, open.last) > 0) open.last = last;
    }
    this.#first = Uint32Array.from(merged.flatMap((range) => [...range.first]));
    this.#last = Uint32Array.from(merged.flatMap((range) => [...range.last]));
  }

  has(words: IpWords): boolean {
    let low = 0;
    let high = this.#first.length / 4 - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (compareAt(words, this.#first, middle) < 0) high = middle - 1;
      else if (compareAt(words, this.#last, middle) > 0) low = middle + 1;
      else return true;
    }
    return false;
  }
}

function compare(a: IpWords, b: IpWords): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3];
}

function compareAt(words: IpWords, list: Uint32Array, index: number): number {
  const at = index * 4;
  return words[0] - list[at]! || words[1] - list[at + 1]! || words[2] - list[at + 2]! || words[3] - list[at + 3]!;
}
