import type { ByteSet } from "./byte-set.ts";

/** Zero-width tests. */
export const Assertion = {
  BeginLine: 1,
  EndLine: 2,
  BeginText: 4,
  EndText: 8,
  WordBoundary: 16,
  NotWordBoundary: 32,
} as const;

/** One zero-width test. */
export type Assertion = (typeof Assertion)[keyof typeof Assertion];

/** A byte of a set. */
export interface SetNode {
  readonly kind: "set";
  readonly set: ByteSet;
}

/** ASCII bytes one after the other, none of them rare, in either case when asked for. */
export interface TextNode {
  readonly kind: "text";
  readonly text: string;
  readonly ignoreCase: boolean;
}

/** A pattern over bytes. Case folding and classes are resolved while parsing. */
export type Node =
  | { readonly kind: "empty" }
  | SetNode
  | TextNode
  | { readonly kind: "concat"; readonly nodes: readonly Node[] }
  | { readonly kind: "alternate"; readonly nodes: readonly Node[] }
  | {
      readonly kind: "repeat";
      readonly node: Node;
      readonly min: number;
      /** Infinity when there is no upper bound. */
      readonly max: number;
      readonly greedy: boolean;
    }
  | { readonly kind: "group"; readonly index: number; readonly node: Node }
  | { readonly kind: "assert"; readonly assertion: Assertion };

/** Matches nothing but the empty string. */
const empty: Node = { kind: "empty" };

/** Nodes one after the other. */
export function concat(nodes: readonly Node[]): Node {
  return nodes.length === 1 ? nodes[0]! : nodes.length === 0 ? empty : { kind: "concat", nodes };
}

/** One of the nodes; earlier ones are preferred. */
export function alternate(nodes: readonly Node[]): Node {
  return nodes.length === 1 ? nodes[0]! : { kind: "alternate", nodes };
}
