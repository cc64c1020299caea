import type { PrefilterCondition } from "./literals.ts";

/**
 * Finds any of many phrases in one pass, ASCII case apart: an Aho-Corasick automaton with a table row per state and a
 * column per byte that some phrase uses.
 */
export class PhraseMatcher {
  readonly condition: PrefilterCondition;
  readonly #classes = new Uint8Array(256);
  readonly #stride: number;
  /** Next state by state and class, premultiplied by the stride. */
  readonly #table: Int32Array;
  /** By state: length of the longest phrase that ends here, 0 for none. */
  readonly #longest: Int32Array;
  /** By state: number of bytes of a phrase that have been read. */
  readonly #depth: Int32Array;
  /** States below this (premultiplied) are reached by trie edges only; used to walk single phrases. */
  readonly #trie: Int32Array;
  readonly #phraseLength: Int32Array;

  constructor(phrases: readonly string[]) {
    const lower = [...new Set(phrases.map(fold))].filter((phrase) => phrase !== "");
    const shortest = lower.reduce((least, phrase) => Math.min(least, phrase.length), Infinity);
    this.condition = { minLength: lower.length === 0 ? 0 : shortest, groups: lower.length === 0 ? [] : [lower] };
    this.#stride = this.#assignClasses(lower);
    const size = lower.reduce((sum, phrase) => sum + phrase.length, 1);
    this.#trie = new Int32Array(size * this.#stride);
    this.#phraseLength = new Int32Array(size);
    this.#depth = new Int32Array(size);
    const states = this.#insert(lower);
    this.#table = this.#trie.slice(0, states * this.#stride);
    this.#longest = this.#phraseLength.slice(0, states);
    this.#connect(states);
  }

  /** True when a phrase occurs. */
  test(haystack: string): boolean {
    const table = this.#table;
    const classes = this.#classes;
    const longest = this.#longest;
    const stride = this.#stride;
    let state = 0;
    for (let at = 0; at < haystack.length; at++) {
      state = table[state + classes[haystack.charCodeAt(at) & 0xff]!]!;
      if (state !== 0 && longest[state / stride]! > 0) return true;
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
    let state = 0;
    for (let at = from; at < haystack.length; at++) {
      state = this.#table[state + this.#classes[haystack.charCodeAt(at) & 0xff]!]!;
      const index = state / this.#stride;
      if (this.#longest[index]! === 0) continue;
      // A longer phrase that is still being read may have begun earlier: the depth tells where the first could.
      for (let start = at + 1 - this.#depth[index]!; start <= at; start++) {
        const length = this.#longestAt(haystack, start);
        if (length > 0) return [start, start + length];
      }
    }
    return undefined;
  }

  /** Length of the longest phrase that begins exactly here, 0 for none. */
  #longestAt(haystack: string, start: number): number {
    let state = 0;
    let longest = 0;
    for (let at = start; at < haystack.length; at++) {
      state = this.#trie[state + this.#classes[haystack.charCodeAt(at) & 0xff]!]!;
      if (state === 0) break;
      longest = Math.max(longest, this.#phraseLength[state / this.#stride]!);
    }
    return longest;
  }

  #assignClasses(phrases: readonly string[]): number {
    let count = 1;
    for (const phrase of phrases) {
      for (let at = 0; at < phrase.length; at++) {
        const byte = phrase.charCodeAt(at) & 0xff;
        if (this.#classes[byte] !== 0) continue;
        // 255 distinct bytes at most get a class of their own; class 0 is "in no phrase".
        this.#classes[byte] = Math.min(count, 255);
        if (byte >= 0x61 && byte <= 0x7a) this.#classes[byte - 32] = this.#classes[byte]!;
        count++;
      }
    }
    return Math.min(count, 256);
  }

  #insert(phrases: readonly string[]): number {
    let states = 1;
    for (const phrase of phrases) {
      let state = 0;
      for (let at = 0; at < phrase.length; at++) {
        const cell = state + this.#classes[phrase.charCodeAt(at) & 0xff]!;
        if (this.#trie[cell] === 0) {
          this.#depth[states] = at + 1;
          this.#trie[cell] = states++ * this.#stride;
        }
        state = this.#trie[cell]!;
      }
      this.#phraseLength[state / this.#stride] = phrase.length;
    }
    return states;
  }

  /** Fills missing transitions from failure links, breadth first. */
  #connect(states: number): void {
    const stride = this.#stride;
    const table = this.#table;
    const failure = new Int32Array(states);
    const queue = new Int32Array(states);
    let tail = 0;
    for (let column = 0; column < stride; column++) if (table[column] !== 0) queue[tail++] = table[column]!;
    for (let head = 0; head < tail; head++) {
      const state = queue[head]!;
      const fallback = failure[state / stride]!;
      const inherited = this.#longest[fallback / stride]!;
      if (inherited > this.#longest[state / stride]!) this.#longest[state / stride] = inherited;
      for (let column = 0; column < stride; column++) {
        const next = table[state + column]!;
        if (next === 0) table[state + column] = table[fallback + column]!;
        else {
          failure[next / stride] = table[fallback + column]!;
          queue[tail++] = next;
        }
      }
    }
  }
}

function fold(phrase: string): string {
  return phrase.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
