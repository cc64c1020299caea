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

/** A pattern over bytes. Case folding and classes are resolved while parsing. */
export type Node =
  | { readonly kind: "empty" }
  | { readonly kind: "set"; readonly set: ByteSet }
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
