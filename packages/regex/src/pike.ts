import type { Nfa } from "./nfa.ts";
import { firstBytes } from "./first-bytes.ts";
import { Op } from "./nfa.ts";
import { holds } from "./surroundings.ts";

/**
 * Simulates an NFA with submatches, preferring what a backtracking engine would find first (leftmost-first, as Perl and
 * RE2 choose). Cost is linear in the haystack: every instruction is entered at most once per byte.
 */
export class PikeMatcher {
  readonly #nfa: Nfa;
  readonly #slots: number;
  readonly #seen: Int32Array;
  #generation = 0;
  #firstBytes: Uint8Array | "any" | undefined;
  /** Threads in order of preference: instruction and captures. */
  #threads: Thread[] = [];
  #nextThreads: Thread[] = [];

  constructor(nfa: Nfa, groupCount: number) {
    this.#nfa = nfa;
    this.#slots = 2 * (groupCount + 1);
    this.#seen = new Int32Array(nfa.op.length);
  }

  /** Offsets of the first match at or after `from`, two per group, -1 where a group took no part. */
  exec(haystack: string, from: number): Int32Array | undefined {
    let best: Int32Array | undefined;
    this.#threads = [];
    for (let at = from; at <= haystack.length; at++) {
      this.#generation++;
      if (this.#threads.length === 0) {
        if (best !== undefined) break;
        at = this.#skipTo(haystack, at);
      }
      this.#nextThreads = [];
      best = this.#settle(haystack, at, best) ?? best;
      this.#threads = this.#nextThreads;
      if (at === haystack.length) break;
      this.#consume(haystack.charCodeAt(at) & 0xff);
    }
    return best;
  }

  /** Where the next match can begin: with no thread alive, bytes that begin none are of no interest. */
  #skipTo(haystack: string, from: number): number {
    this.#firstBytes ??= firstBytes(this.#nfa);
    if (this.#firstBytes === "any") return from;
    let at = from;
    while (at < haystack.length && this.#firstBytes[haystack.charCodeAt(at) & 0xff] === 0) at++;
    return at;
  }

  /** Follows all threads through what consumes nothing; a thread that matches cuts off those after it. */
  #settle(haystack: string, at: number, best: Int32Array | undefined): Int32Array | undefined {
    const pending = this.#threads;
    for (const { pc, captures } of pending) {
      const match = this.#follow(pc, captures, haystack, at);
      if (match !== undefined) return match;
    }
    if (best !== undefined) return undefined;
    return this.#follow(this.#nfa.start, new Int32Array(this.#slots).fill(-1), haystack, at);
  }

  #follow(first: number, initial: Int32Array, haystack: string, at: number): Int32Array | undefined {
    const { op, arg, next } = this.#nfa;
    const stack: Thread[] = [{ pc: first, captures: initial }];
    while (stack.length > 0) {
      const thread = stack.pop()!;
      const { pc } = thread;
      let { captures } = thread;
      if (this.#seen[pc] === this.#generation) continue;
      this.#seen[pc] = this.#generation;
      switch (op[pc]) {
        case Op.Match:
          return captures;
        case Op.Set:
          this.#nextThreads.push({ pc, captures });
          break;
        case Op.Split:
          stack.push({ pc: arg[pc]!, captures }, { pc: next[pc]!, captures });
          break;
        case Op.Save:
          captures = captures.slice();
          captures[arg[pc]!] = at;
          stack.push({ pc: next[pc]!, captures });
          break;
        case Op.Assert:
          if (holds(arg[pc]!, haystack, at)) stack.push({ pc: next[pc]!, captures });
          break;
        default:
          stack.push({ pc: next[pc]!, captures });
      }
    }
    return undefined;
  }

  #consume(byte: number): void {
    const { arg, next, sets } = this.#nfa;
    const survivors: Thread[] = [];
    for (const { pc, captures } of this.#threads) {
      if (sets[arg[pc]!]!.has(byte)) survivors.push({ pc: next[pc]!, captures });
    }
    this.#threads = survivors;
  }
}

interface Thread {
  readonly pc: number;
  readonly captures: Int32Array;
}
