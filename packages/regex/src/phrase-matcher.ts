import type { PrefilterCondition } from "./literals.ts";
import { AhoCorasick, foldCase } from "./aho-corasick.ts";

/** Finds any of many phrases in one pass, ASCII case apart. */
export class PhraseMatcher {
  readonly condition: PrefilterCondition;
  readonly #phrases: readonly string[];
  #automaton: AhoCorasick | undefined;

  constructor(phrases: readonly string[]) {
    const distinct = new Set<string>();
    let shortest = Infinity;
    for (let index = 0; index < phrases.length; index++) {
      const phrase = foldCase(phrases[index]!);
      if (phrase === "") continue;
      distinct.add(phrase);
      if (phrase.length < shortest) shortest = phrase.length;
    }
    this.#phrases = [...distinct];
    const isEmpty = distinct.size === 0;
    this.condition = { minLength: isEmpty ? 0 : shortest, groups: isEmpty ? [] : [this.#phrases] };
  }

  /** Made at first use: most lists of a rule set are answered for by its prefilter. */
  #build(): AhoCorasick {
    return (this.#automaton = new AhoCorasick(this.#phrases));
  }

  /** True when a phrase occurs. */
  test(haystack: string): boolean {
    const { table, classes, rowBits, firstEnd } = this.#automaton ?? this.#build();
    let state = 0;
    for (let at = 0; at < haystack.length; at++) {
      state = table[(state << rowBits) + classes[haystack.charCodeAt(at) & 0xff]!]!;
      if (state >= firstEnd) return true;
    }
    return false;
  }

  /** Offsets of occurrences as pairs of start and end: leftmost, then longest, not overlapping, at most `limit` of them. */
  find(haystack: string, limit: number): number[] {
    const spans: number[] = [];
    for (let from = 0; spans.length < 2 * limit;) {
      const span = this.#next(haystack, from);
      if (span === undefined) break;
      spans.push(span[0], span[1]);
      from = span[1];
    }
    return spans;
  }

  /** The occurrence that begins first at or after `from`. */
  #next(haystack: string, from: number): readonly [number, number] | undefined {
    const automaton = this.#automaton ?? this.#build();
    const { table, classes, rowBits, firstEnd, depth } = automaton;
    let state = 0;
    for (let at = from; at < haystack.length; at++) {
      state = table[(state << rowBits) + classes[haystack.charCodeAt(at) & 0xff]!]!;
      if (state < firstEnd) continue;
      // A longer phrase that is still being read may have begun earlier: the depth tells where the first could.
      for (let start = at + 1 - depth[state]!; start <= at; start++) {
        const length = this.#longestAt(automaton, haystack, start);
        if (length > 0) return [start, start + length];
      }
    }
    return undefined;
  }

  /** Length of the longest phrase that begins exactly here, 0 for none. */
  #longestAt({ table, classes, rowBits, phrase, depth }: AhoCorasick, haystack: string, start: number): number {
    let state = 0;
    let longest = 0;
    for (let at = start; at < haystack.length; at++) {
      const next = table[(state << rowBits) + classes[haystack.charCodeAt(at) & 0xff]!]!;
      if (depth[next] !== depth[state]! + 1) break;
      state = next;
      if (phrase[state]! >= 0) longest = depth[state]!;
    }
    return longest;
  }
}
