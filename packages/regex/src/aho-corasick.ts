/**
 * An Aho-Corasick automaton over byte strings, ASCII case apart: a table row per state, a column per byte that some phrase
 * uses. State 0 is "nothing read". States that end no phrase come first, by depth, so that ordinary text stays among the
 * first few rows; those from `firstEnd` on end one or several. In between are numbers of no state, whose rows cost no memory
 * as nothing is written there.
 */
export class AhoCorasick {
  /** The phrases in order; `phrase` has indices of it. */
  readonly phrases: readonly string[];
  /** Column of each byte; 0 for bytes that no phrase has. */
  readonly classes: Uint8Array = new Uint8Array(256);
  /** A row has two to the power of this many columns. */
  readonly rowBits: number;
  readonly columns: number;
  /** A power of two, so that several states are compared with it at once. */
  readonly firstEnd: number;
  /** The number after the last state's. */
  readonly end: number;
  /** Next state by row and column, failure links followed. */
  readonly table: Uint16Array | Uint32Array;
  /** Bytes of a phrase that have been read, by state. A transition goes on along a phrase when it adds one. */
  readonly depth: Uint32Array;
  /** Index of the phrase that ends exactly here, -1 for none. */
  readonly phrase: Int32Array;
  /** The longest proper suffix that is a phrase, as a state with a smaller number; 0 for none. */
  readonly shorter: Int32Array;

  /**
   * Phrases are lower-case, distinct and not empty; `bytes` are all that they have. Rows may be asked to be longer than
   * needed.
   */
  constructor(phrases: readonly string[], bytes: Iterable<number> = bytesOf(phrases), rowBits = 0) {
    this.phrases = [...phrases].sort();
    this.columns = this.#assignClasses(bytes);
    this.rowBits = Math.max(rowBits, 32 - Math.clz32(this.columns - 1));
    const states = countPrefixes(this.phrases);
    const count = phrases.length;
    // How many states end a phrase shows when all are made. Mostly they are a few more than the phrases.
    const layout = this.#lay(states, states - 1.25 * count, 1.5 * count) ?? this.#lay(states, states - count, states)!;
    this.firstEnd = layout.firstEnd;
    this.end = layout.end;
    this.table = layout.table;
    this.depth = layout.depth;
    this.phrase = layout.phrase;
    this.shorter = layout.shorter;
  }

  #assignClasses(bytes: Iterable<number>): number {
    const { classes } = this;
    let count = 1;
    for (const byte of bytes) {
      // Upper-case letters share a column with lower-case ones, so 230 columns are enough for all bytes.
      classes[byte] = count++;
      if (byte >= 0x61 && byte <= 0x7a) classes[byte - 32] = classes[byte]!;
    }
    return count;
  }

  /**
   * Breadth first. A state stands for the phrases that begin alike, which are neighbours as they are sorted; its row is that
   * of its failure state, which is shallower and so complete, with the transitions along its own phrases put in. Undefined
   * when there are more states of either kind than there is room for.
   */
  #lay(states: number, others: number, ends: number): Layout | undefined {
    const { phrases, classes, columns, rowBits } = this;
    const firstEnd = 1 << (32 - Math.clz32(Math.max(others, 1) - 1));
    const numbers = firstEnd + Math.ceil(ends);
    const table = numbers <= 0x1_0000 ? new Uint16Array(numbers << rowBits) : new Uint32Array(numbers << rowBits);
    const depth = new Uint32Array(numbers);
    const phrase = new Int32Array(numbers).fill(-1);
    const shorter = new Int32Array(numbers);
    const queue = new Int32Array(states);
    const failure = new Int32Array(numbers);
    const first = new Int32Array(numbers);
    const last = new Int32Array(numbers);
    last[0] = phrases.length;
    let next = 1;
    let nextEnd = firstEnd;
    for (let index = 0, known = 1; index < known; index++) {
      const state = queue[index]!;
      const row = state << rowBits;
      const failureRow = failure[state]! << rowBits;
      if (state > 0) table.copyWithin(row, failureRow, failureRow + columns);
      const length = depth[state]!;
      const to = last[state]!;
      let from = first[state]!;
      if (phrase[state]! >= 0) from++;
      while (from < to) {
        const unit = phrases[from]!.charCodeAt(length);
        let until = from + 1;
        while (until < to && phrases[until]!.charCodeAt(length) === unit) until++;
        const cell = row + classes[unit & 0xff]!;
        const suffix = state === 0 ? 0 : table[cell]!;
        const isPhrase = phrases[from]!.length === length + 1;
        const child = isPhrase || suffix >= firstEnd ? nextEnd++ : next++;
        if (next > firstEnd || nextEnd > numbers) return undefined;
        if (isPhrase) phrase[child] = from;
        if (suffix >= firstEnd) shorter[child] = phrase[suffix]! >= 0 ? suffix : shorter[suffix]!;
        failure[child] = suffix;
        depth[child] = length + 1;
        first[child] = from;
        last[child] = until;
        table[cell] = child;
        queue[known++] = child;
        from = until;
      }
    }
    return { firstEnd, end: nextEnd, table: table.subarray(0, nextEnd << rowBits), depth, phrase, shorter };
  }
}

/** What is known once the states have their numbers. */
type Layout = Pick<AhoCorasick, "firstEnd" | "end" | "table" | "depth" | "phrase" | "shorter">;

function bytesOf(phrases: readonly string[]): Set<number> {
  const bytes = new Set<number>();
  for (const phrase of phrases) for (let at = 0; at < phrase.length; at++) bytes.add(phrase.charCodeAt(at) & 0xff);
  return bytes;
}

/** Distinct beginnings of sorted phrases, the empty one included. */
function countPrefixes(sorted: readonly string[]): number {
  let count = 1;
  let previous = "";
  for (let index = 0; index < sorted.length; index++) {
    const phrase = sorted[index]!;
    const most = Math.min(previous.length, phrase.length);
    let common = 0;
    while (common < most && previous.charCodeAt(common) === phrase.charCodeAt(common)) common++;
    count += phrase.length - common;
    previous = phrase;
  }
  return count;
}

/** ASCII lower case. */
export function foldCase(phrase: string): string {
  return /[A-Z]/.test(phrase) ? phrase.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()) : phrase;
}
