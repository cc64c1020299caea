import type { Node } from "./ast.ts";

/** Counted repetitions with more copies than this are worth approximating first. */
const COUNT_THRESHOLD = 16;

/**
 * A pattern that matches whatever the given one matches, and more, without its large counts: `x{5,200}` becomes `x+`.
 * Undefined when there is nothing to gain. Its automaton is small, and what it does not match need not be looked at.
 */
export function overApproximate(root: Node): Node | undefined {
  return hasLargeCount(root) ? relax(root) : undefined;
}

function hasLargeCount(node: Node): boolean {
  switch (node.kind) {
    case "repeat":
      return copies(node) > COUNT_THRESHOLD || hasLargeCount(node.node);
    case "concat":
    case "alternate":
      return node.nodes.some(hasLargeCount);
    case "group":
      return hasLargeCount(node.node);
    default:
      return false;
  }
}

function relax(node: Node): Node {
  switch (node.kind) {
    case "repeat": {
      const inner = relax(node.node);
      if (copies(node) <= COUNT_THRESHOLD) return { ...node, node: inner };
      return { ...node, node: inner, min: node.min === 0 ? 0 : 1, max: Infinity };
    }
    case "concat":
    case "alternate":
      return { ...node, nodes: node.nodes.map(relax) };
    case "group":
      return relax(node.node);
    default:
      return node;
  }
}

function copies(node: Extract<Node, { kind: "repeat" }>): number {
  return node.max === Infinity ? node.min : node.max;
}
