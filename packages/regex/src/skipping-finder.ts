import type { Gate } from "./prefilter.ts";

/** A literal, with the byte of it that ordinary text has least of. */
interface Sought {
  readonly literal: string;
  readonly pivot: number;
  /** The pivot in both cases. */
  readonly bytes: readonly string[];
  readonly group: number;
}

const noGroups: readonly number[] = [];

/**
 * Finds a few literals, ASCII case apart, in haystacks that are read as if some bytes were not there.
 *
 * Looks for the rarest byte of a literal with the host's own search, then at its neighbours: hardly a byte of ordinary text is
 * read here. Cost is linear in the haystack: each place is looked at from pivots no further away than a literal is long.
 * Perf: 12 KB of HTML without white space in 5 µs; an automaton takes 27 (bench, response bodies).
 */
export class SkippingFinder {
  readonly #sought: readonly Sought[];
  readonly #skipped: Uint8Array;

  /** `groups` are the lower-case literals of each group; `skipped` is 1 for bytes that are not there. */
  constructor(groups: readonly (readonly string[])[], gates: readonly Gate[], skipped: Uint8Array) {
    this.#skipped = skipped;
    this.#sought = [...new Set(gates.flat())].flatMap((group) =>
      groups[group]!.map((literal) => soughtOf(literal, group)),
    );
  }

  /** Groups of which a literal occurs, each once. */
  scan(haystack: string): { readonly groups: readonly number[] } {
    let found: number[] | undefined;
    for (const sought of this.#sought) {
      if (found?.includes(sought.group) !== true && this.#occurs(haystack, sought)) (found ??= []).push(sought.group);
    }
    return { groups: found ?? noGroups };
  }

  #occurs(haystack: string, { literal, pivot, bytes }: Sought): boolean {
    for (const byte of bytes) {
      for (let at = haystack.indexOf(byte); at >= 0; at = haystack.indexOf(byte, at + 1)) {
        if (this.#goesOn(haystack, at, literal, pivot, 1) && this.#goesOn(haystack, at, literal, pivot, -1))
          return true;
      }
    }
    return false;
  }

  /** True when the literal goes on from the pivot in one direction, to its end or to its beginning. */
  #goesOn(haystack: string, from: number, literal: string, pivot: number, step: 1 | -1): boolean {
    let at = from;
    for (let index = pivot + step; index >= 0 && index < literal.length; index += step) {
      do at += step;
      while (at >= 0 && at < haystack.length && this.#skipped[haystack.charCodeAt(at) & 0xff] === 1);
      if (at < 0 || at >= haystack.length || lower(haystack.charCodeAt(at) & 0xff) !== literal.charCodeAt(index))
        return false;
    }
    return true;
  }
}

/** Letters from the most frequent to the rarest, in text and markup. */
const letters = "etaoinsrhldcumpfgwybvkxjqz";

function soughtOf(literal: string, group: number): Sought {
  let pivot = 0;
  for (let at = 1; at < literal.length; at++) {
    if (letters.indexOf(literal[at]!) > letters.indexOf(literal[pivot]!)) pivot = at;
  }
  const byte = literal[pivot]!;
  return { literal, pivot, bytes: letters.includes(byte) ? [byte, byte.toUpperCase()] : [byte], group };
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}
