import type { Nfa } from "./nfa.ts";
import { Assertion } from "./ast.ts";
import { fillWindow, WINDOW, windowBytes } from "./byte-window.ts";
import { END_OF_TEXT, Look, lookAfter, StateStepper } from "./state-set.ts";

const UNKNOWN = 0;
const MATCHED = 1;
const DEAD = 2;
/** State numbers begin here, so that one comparison tells states from the three answers above. */
const FIRST_STATE = 3;

const STATE_LIMIT = 3000;
/** States that one haystack may add before simulation takes over: a fixed share, and one for so many bytes. */
const BUILD_BUDGET = 400;
const BYTES_PER_EXTRA_STATE = 64;

/**
 * A deterministic automaton whose states are made when first reached.
 *
 * `test` takes one table look-up a byte. Input made to reach ever new states gets a budget of them; past it the rest of
 * the haystack is simulated state set by state set. Invariant: cost is linear in the haystack either way, and memory is
 * bounded by STATE_LIMIT rows.
 */
export class LazyDfa {
  readonly #stepper: StateStepper;
  readonly #nfa: Nfa;
  /** Row length: a column per byte class and one for the end of the text. */
  readonly #stride: number;
  readonly #classes: Uint8Array;
  #table: Int32Array;
  #states: DfaState[] = [];
  #byKey = new Map<string, number>();
  #start = UNKNOWN;

  constructor(nfa: Nfa) {
    this.#nfa = nfa;
    this.#stepper = new StateStepper(nfa);
    this.#stride = nfa.classCount + 1;
    this.#classes = nfa.classes;
    this.#table = new Int32Array(16 * this.#stride);
  }

  /** True when the pattern occurs in the haystack. */
  test(haystack: string): boolean {
    if (this.#start === UNKNOWN) {
      this.#stepper.start(Look.Start);
      this.#start = this.#intern(Look.Start);
    }
    if (this.#start < FIRST_STATE) return this.#start === MATCHED;
    const { length } = haystack;
    const classes = this.#classes;
    const bytes = windowBytes;
    let budget = BUILD_BUDGET + Math.floor(length / BYTES_PER_EXTRA_STATE);
    let table = this.#table;
    let state = this.#start;
    for (let from = 0; from < length; from += WINDOW) {
      const count = fillWindow(haystack, from);
      for (let at = 0; at < count; at++) {
        let next = UNKNOWN;
        // Perf: nothing is called in this loop, so V8 looks up where the arrays lie once, not for every byte.
        for (; at < count; at++) {
          next = table[state + classes[bytes[at]!]!]!;
          if (next < FIRST_STATE) break;
          state = next;
        }
        if (at === count) break;
        if (next === UNKNOWN) {
          if (budget-- <= 0) return this.#simulate(state, haystack, from + at);
          next = this.#build(state, bytes[at]!);
          table = this.#table;
          // The table was emptied to make room: simulation ends this haystack, the next one starts afresh.
          if (next === UNKNOWN) return this.#simulateFrom(haystack, from + at + 1);
        }
        if (next === MATCHED) return true;
        if (next === DEAD) return false;
        state = next;
      }
    }
    let last = table[state + this.#stride - 1]!;
    if (last === UNKNOWN) last = this.#build(state, END_OF_TEXT);
    return last === MATCHED;
  }

  /** Works out one transition. UNKNOWN means that the table was full and is now empty, with the set left in the stepper. */
  #build(state: number, byte: number): number {
    const { pcs, look } = this.#states[(state - FIRST_STATE) / this.#stride]!;
    this.#stepper.step(pcs, pcs.length, look, byte);
    const column = byte === END_OF_TEXT ? this.#stride - 1 : this.#classes[byte]!;
    if (byte === END_OF_TEXT) {
      return (this.#table[state + column] = this.#stepper.matched ? MATCHED : DEAD);
    }
    const lookNext = this.#nfa.assertions === 0 ? 0 : lookAfter(byte);
    const next = this.#intern(lookNext);
    if (next === UNKNOWN) {
      this.#look = lookNext;
      this.#clear();
    } else this.#table[state + column] = next;
    return next;
  }

  #look = 0;

  /** The number of the set that the stepper holds. */
  #intern(look: number): number {
    const stepper = this.#stepper;
    if (stepper.matched) return MATCHED;
    // With `^` the start is not in the set now, but will be after the next line feed.
    if (stepper.count === 0 && (this.#nfa.assertions & Assertion.BeginLine) === 0) return DEAD;
    const pcs = stepper.pcs.slice(0, stepper.count).sort();
    const key = `${look};${pcs.join()}`;
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    if (this.#states.length >= STATE_LIMIT) return UNKNOWN;
    const number = this.#states.length * this.#stride + FIRST_STATE;
    this.#states.push({ pcs, look });
    this.#byKey.set(key, number);
    const needed = number + this.#stride;
    if (needed > this.#table.length) {
      const grown = new Int32Array(this.#table.length * 2 + needed);
      grown.set(this.#table);
      this.#table = grown;
    }
    return number;
  }

  #clear(): void {
    this.#table = new Int32Array(16 * this.#stride);
    this.#states = [];
    this.#byKey = new Map();
    this.#start = UNKNOWN;
  }

  #simulate(state: number, haystack: string, at: number): boolean {
    const { pcs, look } = this.#states[(state - FIRST_STATE) / this.#stride]!;
    this.#stepper.step(pcs, pcs.length, look, haystack.charCodeAt(at) & 0xff);
    if (this.#stepper.matched) return true;
    this.#look = lookAfter(haystack.charCodeAt(at) & 0xff);
    return this.#simulateFrom(haystack, at + 1);
  }

  /** Goes on from the set that the stepper holds, without making states. */
  #simulateFrom(haystack: string, from: number): boolean {
    const stepper = this.#stepper;
    const current = new Int32Array(this.#nfa.op.length);
    let look = this.#look;
    for (let at = from; at <= haystack.length; at++) {
      const count = stepper.count;
      current.set(stepper.pcs.subarray(0, count));
      const byte = at === haystack.length ? END_OF_TEXT : haystack.charCodeAt(at) & 0xff;
      stepper.step(current, count, look, byte);
      if (stepper.matched) return true;
      look = lookAfter(byte);
    }
    return false;
  }
}

interface DfaState {
  readonly pcs: Int32Array;
  readonly look: number;
}
