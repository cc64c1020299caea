import type { Node } from "./ast.ts";

/** How often a part may be there. */
export interface Bounds {
  readonly min: number;
  /** Infinity when there is no upper bound. */
  readonly max: number;
}

/** How often, and where the quantifier ends. */
interface Quantifier {
  readonly bounds: Bounds;
  readonly next: number;
}

const anyTimes: Bounds = { min: 0, max: Infinity };
const onceOrMore: Bounds = { min: 1, max: Infinity };
const atMostOnce: Bounds = { min: 0, max: 1 };

/** A quantifier begins with the unit, or may: `{` alone stands for itself. */
export function isQuantifier(unit: number): boolean {
  return unit === 0x2a || unit === 0x2b || unit === 0x3f || unit === 0x7b;
}

/** The quantifier at an offset of a pattern; undefined when there is none. `{` that begins no bounds is literal. */
export function readQuantifier(source: string, at: number): Quantifier | undefined {
  switch (source.charCodeAt(at)) {
    case 0x2a:
      return { bounds: anyTimes, next: at + 1 };
    case 0x2b:
      return { bounds: onceOrMore, next: at + 1 };
    case 0x3f:
      return { bounds: atMostOnce, next: at + 1 };
    case 0x7b:
      return countedQuantifier(source, at);
    default:
      return undefined;
  }
}

/** `{n}`, `{n,}` and `{n,m}`; undefined for a brace that begins none of them. */
function countedQuantifier(source: string, at: number): Quantifier | undefined {
  const match = /^\{(\d{1,9})(?:(,)(\d{1,9})?)?\}/.exec(source.slice(at, at + 24));
  if (match === null) return undefined;
  const min = Number(match[1]);
  const max = match[2] === undefined ? min : match[3] === undefined ? Infinity : Number(match[3]);
  return { bounds: { min, max }, next: at + match[0].length };
}

/** Copies of a repeated part that an automaton has. */
export function copies({ min, max }: Bounds): number {
  return Math.max(1, max === Infinity ? min : max);
}

/** Largest product of nested finite repetition counts. */
export function repetitions(node: Node): number {
  switch (node.kind) {
    case "repeat":
      return copies(node) * repetitions(node.node);
    case "concat":
    case "alternate":
      return node.nodes.reduce((most, child) => Math.max(most, repetitions(child)), 1);
    case "group":
      return repetitions(node.node);
    default:
      return 1;
  }
}
