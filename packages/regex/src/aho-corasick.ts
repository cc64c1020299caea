/**
 * An Aho-Corasick automaton over byte strings, ASCII case apart: a table row per state, a column per byte that some phrase
 * uses. States are numbered from 0 (nothing read); table cells hold state times stride.
 */
export class AhoCorasick {
  /** Column of each byte; 0 for bytes that no phrase has. */
  readonly classes: Uint8Array = new Uint8Array(256);
  readonly stride: number;
  readonly states: number;
  /** Next state by state and column, failure links followed. */
  readonly table: Int32Array;
  /** Next state along the phrases only; 0 where no phrase goes on. */
  readonly trie: Int32Array;
  /** Bytes of a phrase that have been read, by state. */
  readonly depth: Int32Array;
  /** Index of the phrase that ends exactly here, -1 for none. */
  readonly phrase: Int32Array;
  /** The state of the longest proper suffix that begins a phrase. */
  readonly failure: Int32Array;
  /** All states but 0, shallow ones first. */
  readonly order: Int32Array;

  /** Phrases are lower-case, distinct and not empty. */
  constructor(phrases: readonly string[]) {
    this.stride = this.#assignClasses(phrases);
    const size = phrases.reduce((sum, phrase) => sum + phrase.length, 1);
    const trie = new Int32Array(size * this.stride);
    const depth = new Int32Array(size);
    const phrase = new Int32Array(size).fill(-1);
    this.states = this.#insert(phrases, trie, depth, phrase);
    this.trie = trie.slice(0, this.states * this.stride);
    this.depth = depth.slice(0, this.states);
    this.phrase = phrase.slice(0, this.states);
    this.table = this.trie.slice();
    this.failure = new Int32Array(this.states);
    this.order = new Int32Array(this.states - 1);
    this.#connect();
  }

  #assignClasses(phrases: readonly string[]): number {
    let count = 1;
    for (const phrase of phrases) {
      for (let at = 0; at < phrase.length; at++) {
        const byte = phrase.charCodeAt(at) & 0xff;
        if (this.classes[byte] !== 0) continue;
        // Upper-case letters share a column with lower-case ones, so 230 columns are enough for all bytes.
        this.classes[byte] = count++;
        if (byte >= 0x61 && byte <= 0x7a) this.classes[byte - 32] = this.classes[byte]!;
      }
    }
    return count;
  }

  #insert(phrases: readonly string[], trie: Int32Array, depth: Int32Array, ends: Int32Array): number {
    let states = 1;
    for (let index = 0; index < phrases.length; index++) {
      const phrase = phrases[index]!;
      let state = 0;
      for (let at = 0; at < phrase.length; at++) {
        const cell = state + this.classes[phrase.charCodeAt(at) & 0xff]!;
        if (trie[cell] === 0) {
          depth[states] = at + 1;
          trie[cell] = states++ * this.stride;
        }
        state = trie[cell]!;
      }
      ends[state / this.stride] = index;
    }
    return states;
  }

  /** Fills missing transitions from failure links, breadth first. */
  #connect(): void {
    const { stride, table, failure, order } = this;
    let tail = 0;
    for (let column = 0; column < stride; column++) if (table[column] !== 0) order[tail++] = table[column]! / stride;
    for (let head = 0; head < tail; head++) {
      const state = order[head]!;
      const fallback = failure[state]! * stride;
      for (let column = 0; column < stride; column++) {
        const cell = state * stride + column;
        const next = table[cell]!;
        if (next === 0) table[cell] = table[fallback + column]!;
        else {
          failure[next / stride] = table[fallback + column]! / stride;
          order[tail++] = next / stride;
        }
      }
    }
  }
}

/** ASCII lower case. */
export function foldCase(phrase: string): string {
  return phrase.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
