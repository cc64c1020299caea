/**
 * An Aho-Corasick automaton over byte strings, ASCII case apart: a table row per state, a column per byte that some phrase
 * uses. States are numbered by depth, 0 being "nothing read": ordinary text stays among the first few rows.
 */
export class AhoCorasick {
  /** Column of each byte; 0 for bytes that no phrase has. */
  readonly classes: Uint8Array = new Uint8Array(256);
  readonly stride: number;
  readonly states: number;
  /** Next state by state times stride plus column, failure links followed. */
  readonly table: Uint16Array | Uint32Array;
  /** Bytes of a phrase that have been read, by state. A transition goes on along a phrase when it adds one. */
  readonly depth: Uint16Array | Uint32Array;
  /** Index of the phrase that ends exactly here, -1 for none. */
  readonly phrase: Int32Array;
  /** The state of the longest proper suffix that begins a phrase; always a smaller number. */
  readonly failure: Int32Array;

  /** Phrases are lower-case, distinct and not empty. */
  constructor(phrases: readonly string[]) {
    const sorted = phrases.map((_phrase, index) => index).sort((a, b) => (phrases[a]! < phrases[b]! ? -1 : 1));
    this.stride = this.#assignClasses(phrases);
    this.states = countPrefixes(sorted.map((index) => phrases[index]!));
    const Numbers = this.states <= 0x1_0000 ? Uint16Array : Uint32Array;
    this.table = new Numbers(this.states * this.stride);
    this.depth = phrases.some((phrase) => phrase.length > 0xffff)
      ? new Uint32Array(this.states)
      : new Uint16Array(this.states);
    this.phrase = new Int32Array(this.states).fill(-1);
    this.failure = new Int32Array(this.states);
    this.#build(phrases, sorted);
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

  /**
   * Breadth first. A state stands for the phrases that begin alike, which are neighbours when sorted; its row is that of
   * its failure state, which is shallower and so complete, with the transitions along its own phrases put in.
   */
  #build(phrases: readonly string[], sorted: readonly number[]): void {
    const { stride, table, depth, failure } = this;
    const first = new Int32Array(this.states);
    const last = new Int32Array(this.states);
    last[0] = sorted.length;
    let states = 1;
    for (let state = 0; state < states; state++) {
      const row = state * stride;
      if (state > 0) table.copyWithin(row, failure[state]! * stride, failure[state]! * stride + stride);
      const length = depth[state]!;
      let from = first[state]!;
      if (phrases[sorted[from]!]?.length === length) this.phrase[state] = sorted[from++]!;
      while (from < last[state]!) {
        const byte = phrases[sorted[from]!]!.charCodeAt(length) & 0xff;
        let to = from + 1;
        while (to < last[state]! && (phrases[sorted[to]!]!.charCodeAt(length) & 0xff) === byte) to++;
        const cell = row + this.classes[byte]!;
        failure[states] = state === 0 ? 0 : table[cell]!;
        depth[states] = length + 1;
        first[states] = from;
        last[states] = to;
        table[cell] = states++;
        from = to;
      }
    }
  }
}

/** Distinct beginnings of sorted phrases, the empty one included. */
function countPrefixes(sorted: readonly string[]): number {
  let count = 1;
  let previous = "";
  for (const phrase of sorted) {
    let common = 0;
    while (common < previous.length && previous[common] === phrase[common]) common++;
    count += phrase.length - common;
    previous = phrase;
  }
  return count;
}

/** ASCII lower case. */
export function foldCase(phrase: string): string {
  return phrase.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
