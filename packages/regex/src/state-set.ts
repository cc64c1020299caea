import type { Nfa } from "./nfa.ts";
import { Assertion } from "./ast.ts";
import { Op } from "./nfa.ts";

/** What the byte before a place was: flags that begin-assertions and word boundaries look at. */
export const Look = { Start: 1, AfterNewline: 2, AfterWord: 4 } as const;

/** A byte's place in the class table for "no more bytes". */
export const END_OF_TEXT = -1;

/**
 * One step of the subset construction, shared by the lazy DFA and by the simulation that takes over past its budget:
 * from a set of instructions and what came before, over one byte, to the next set. Cost is linear in the size of the NFA.
 */
export class StateStepper {
  readonly nfa: Nfa;
  /** Result of the last call: instructions that consume a byte or wait for an assertion, in no particular order. */
  readonly pcs: Int32Array;
  count = 0;
  /** The last call reached Match. */
  matched = false;

  readonly #seen: Int32Array;
  #generation = 0;
  readonly #stack: Int32Array;
  readonly #scratch: Int32Array;
  /** Membership of a byte in a set: `set * 256 + byte`. */
  readonly #member: Uint8Array;

  constructor(nfa: Nfa) {
    this.nfa = nfa;
    const size = nfa.op.length;
    this.pcs = new Int32Array(size);
    this.#seen = new Int32Array(size);
    this.#stack = new Int32Array(2 * size + 2);
    this.#scratch = new Int32Array(size);
    this.#member = new Uint8Array(nfa.sets.length * 256);
    nfa.sets.forEach((set, index) => {
      for (const byte of set.bytes()) this.#member[index * 256 + byte] = 1;
    });
  }

  /** The set before the first byte. */
  start(look: number): void {
    this.#begin();
    this.#close(this.nfa.start, beginAssertions(look));
  }

  /**
   * The set after a byte, starting from `from[0..length)`; the unanchored start is always part of it.
   * `matched` also tells of matches that end right before the byte (`$`, `\b`, `\z`).
   */
  step(from: Int32Array, length: number, look: number, byte: number): void {
    const { nfa } = this;
    let source = from;
    let count = length;
    if (nfa.assertions !== 0) {
      this.#resolve(from, length, beginAssertions(look) | endAssertions(look, byte));
      if (this.matched) return;
      this.#scratch.set(this.pcs.subarray(0, this.count));
      source = this.#scratch;
      count = this.count;
    }
    this.#begin();
    if (byte === END_OF_TEXT) return;
    const begins = nfa.assertions === 0 ? 0 : beginAssertions(lookAfter(byte));
    for (let at = 0; at < count; at++) {
      const pc = source[at]!;
      if (nfa.op[pc] === Op.Set && this.#member[nfa.arg[pc]! * 256 + byte] === 1) this.#close(nfa.next[pc]!, begins);
    }
    this.#close(nfa.start, begins);
  }

  /** The set itself with assertions decided that had to wait for the next byte. */
  #resolve(from: Int32Array, length: number, holding: number): void {
    this.#begin();
    for (let at = 0; at < length; at++) this.#close(from[at]!, holding);
  }

  #begin(): void {
    this.#generation++;
    this.count = 0;
    this.matched = false;
  }

  /** Follows everything that consumes no byte. Assertions that may yet hold, once the next byte is known, stay in the set. */
  #close(first: number, holding: number): void {
    const { op, arg, next } = this.nfa;
    let top = 0;
    this.#stack[top++] = first;
    while (top > 0) {
      const pc = this.#stack[--top]!;
      if (this.#seen[pc] === this.#generation) continue;
      this.#seen[pc] = this.#generation;
      switch (op[pc]) {
        case Op.Match:
          this.matched = true;
          break;
        case Op.Split:
          this.#stack[top++] = arg[pc]!;
          this.#stack[top++] = next[pc]!;
          break;
        case Op.Assert:
          if ((arg[pc]! & holding) === arg[pc]) this.#stack[top++] = next[pc]!;
          else if ((arg[pc]! & ABOUT_WHAT_FOLLOWS) !== 0) this.pcs[this.count++] = pc;
          break;
        case Op.Set:
          this.pcs[this.count++] = pc;
          break;
        default:
          this.#stack[top++] = next[pc]!;
      }
    }
  }
}

const ABOUT_WHAT_FOLLOWS = Assertion.EndLine | Assertion.EndText | Assertion.WordBoundary | Assertion.NotWordBoundary;

/** Assertions about what came before. */
function beginAssertions(look: number): number {
  if ((look & Look.Start) !== 0) return Assertion.BeginLine | Assertion.BeginText;
  return (look & Look.AfterNewline) !== 0 ? Assertion.BeginLine : 0;
}

/** Assertions about what comes next, and about both sides. */
function endAssertions(look: number, byte: number): number {
  const wordBefore = (look & Look.AfterWord) !== 0;
  const wordAfter = byte !== END_OF_TEXT && isWord(byte);
  const boundary = wordBefore === wordAfter ? Assertion.NotWordBoundary : Assertion.WordBoundary;
  if (byte === END_OF_TEXT) return boundary | Assertion.EndLine | Assertion.EndText;
  return byte === 0x0a ? boundary | Assertion.EndLine : boundary;
}

/** Flags after a byte. */
export function lookAfter(byte: number): number {
  return byte === 0x0a ? Look.AfterNewline : isWord(byte) ? Look.AfterWord : 0;
}

function isWord(byte: number): boolean {
  return (
    (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f
  );
}
