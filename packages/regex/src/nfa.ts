import type { Node } from "./ast.ts";
import type { ByteSet } from "./byte-set.ts";
import { Assertion } from "./ast.ts";
import { singleByte } from "./atoms.ts";
import { ByteSet as Bytes, wordBytes } from "./byte-set.ts";
import { PatternError } from "./pattern-error.ts";

/** Kinds of NFA instructions. */
export const Op = { Match: 0, Set: 1, Split: 2, Save: 3, Assert: 4, Jump: 5 } as const;

const SIZE_LIMIT = 200_000;

/**
 * A Thompson NFA over bytes, as parallel arrays by instruction.
 *
 * `Set` consumes a byte of `sets[arg]` and goes to `next`; `Split` prefers `next` over `arg`; `Save` records slot `arg`;
 * `Assert` passes when all tests in `arg` hold; `Jump` goes to `next`.
 */
export interface Nfa {
  readonly op: Uint8Array;
  readonly arg: Int32Array;
  readonly next: Int32Array;
  readonly start: number;
  readonly sets: readonly ByteSet[];
  /** All assertions that occur, or-ed. */
  readonly assertions: number;
  /** Bytes that no instruction tells apart have the same class. */
  readonly classes: Uint8Array;
  readonly classCount: number;
  /** A byte of each class. */
  readonly representatives: Uint8Array;
}

/**
 * Compiles a tree. `captures` off leaves out Save instructions, for matchers that only answer yes or no.
 * @throws PatternError when counted repetitions make it too large.
 */
export function compileNfa(root: Node, captures: boolean): Nfa {
  return new NfaBuilder(captures).build(root);
}

class NfaBuilder {
  readonly #captures: boolean;
  readonly #op: number[] = [];
  readonly #arg: number[] = [];
  readonly #next: number[] = [];
  readonly #sets: ByteSet[] = [];
  readonly #setIndex = new Map<string, number>();
  #assertions = 0;

  constructor(captures: boolean) {
    this.#captures = captures;
  }

  build(root: Node): Nfa {
    const match = this.#emit(Op.Match, 0, -1);
    let start = this.#compile(root, this.#captures ? this.#emit(Op.Save, 1, match) : match);
    if (this.#captures) start = this.#emit(Op.Save, 0, start);
    const { classes, representatives } = this.#classify();
    return {
      op: Uint8Array.from(this.#op),
      arg: Int32Array.from(this.#arg),
      next: Int32Array.from(this.#next),
      start,
      sets: this.#sets,
      assertions: this.#assertions,
      classes,
      classCount: representatives.length,
      representatives,
    };
  }

  /** Emits code that matches the node and then goes on at `next`; returns where it begins. Built back to front. */
  #compile(node: Node, next: number): number {
    switch (node.kind) {
      case "empty":
        return next;
      case "set":
        return this.#emit(Op.Set, this.#setId(node.set), next);
      case "text": {
        let at = next;
        for (let index = node.text.length - 1; index >= 0; index--) {
          at = this.#emit(Op.Set, this.#setId(singleByte(node.text.charCodeAt(index), node.ignoreCase).set), at);
        }
        return at;
      }
      case "concat": {
        let at = next;
        for (let index = node.nodes.length - 1; index >= 0; index--) at = this.#compile(node.nodes[index]!, at);
        return at;
      }
      case "alternate":
        return this.#alternatives(node.nodes, 0, node.nodes.length, next);
      case "group":
        if (!this.#captures) return this.#compile(node.node, next);
        return this.#emit(
          Op.Save,
          2 * node.index,
          this.#compile(node.node, this.#emit(Op.Save, 2 * node.index + 1, next)),
        );
      case "assert":
        this.#assertions |= node.assertion;
        return this.#emit(Op.Assert, node.assertion, next);
      case "repeat":
        return this.#repeat(node, next);
    }
  }

  /** As a balanced tree, which prefers the first one all the same: what looks ahead leaves out half of them at a time. */
  #alternatives(nodes: readonly Node[], from: number, to: number, next: number): number {
    if (to - from === 1) return this.#compile(nodes[from]!, next);
    const middle = (from + to) >> 1;
    const others = this.#alternatives(nodes, middle, to, next);
    return this.#emit(Op.Split, others, this.#alternatives(nodes, from, middle, next));
  }

  #repeat(node: Extract<Node, { kind: "repeat" }>, next: number): number {
    let at = next;
    if (node.max === Infinity) {
      const loop = this.#emit(Op.Split, -1, -1);
      const body = this.#compile(node.node, loop);
      this.#link(loop, body, next, node.greedy);
      at = loop;
    } else {
      for (let count = node.min; count < node.max; count++) {
        const choice = this.#emit(Op.Split, -1, -1);
        this.#link(choice, this.#compile(node.node, at), next, node.greedy);
        at = choice;
      }
    }
    for (let count = 0; count < node.min; count++) at = this.#compile(node.node, at);
    return at;
  }

  #link(split: number, into: number, past: number, greedy: boolean): void {
    this.#next[split] = greedy ? into : past;
    this.#arg[split] = greedy ? past : into;
  }

  #emit(op: number, arg: number, next: number): number {
    if (this.#op.length >= SIZE_LIMIT) {
      throw new PatternError(
        "too-large",
        `the pattern needs more than ${SIZE_LIMIT} states`,
        0,
        "lower the bounds of its repetitions",
      );
    }
    this.#arg.push(arg);
    this.#next.push(next);
    return this.#op.push(op) - 1;
  }

  #setId(set: ByteSet): number {
    const { key } = set;
    let id = this.#setIndex.get(key);
    if (id === undefined) {
      id = this.#sets.push(set) - 1;
      this.#setIndex.set(key, id);
    }
    return id;
  }

  /** Splits the 256 bytes by every set, and by what assertions look at. */
  #classify(): { classes: Uint8Array; representatives: Uint8Array } {
    const classes = new Uint8Array(256);
    let count = 1;
    const word = (this.#assertions & (Assertion.WordBoundary | Assertion.NotWordBoundary)) !== 0 ? [wordBytes] : [];
    const line = (this.#assertions & (Assertion.BeginLine | Assertion.EndLine)) !== 0 ? [Bytes.of(0x0a)] : [];
    for (const set of [...this.#sets, ...word, ...line]) {
      const renamed = new Map<number, number>();
      const used = new Set<number>();
      for (let byte = 0; byte < 256; byte++) {
        if (!set.has(byte)) used.add(classes[byte]!);
      }
      for (let byte = 0; byte < 256; byte++) {
        if (!set.has(byte) || !used.has(classes[byte]!)) continue;
        const old = classes[byte]!;
        let fresh = renamed.get(old);
        if (fresh === undefined) renamed.set(old, (fresh = count++));
        classes[byte] = fresh;
      }
    }
    const representatives = new Uint8Array(count);
    for (let byte = 255; byte >= 0; byte--) representatives[classes[byte]!] = byte;
    return { classes, representatives };
  }
}
