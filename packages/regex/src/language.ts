import type { Node } from "./ast.ts";
import type { PatternOptions } from "./pattern.ts";
import { Assertion } from "./ast.ts";
import { singleByte } from "./atoms.ts";
import { parsePattern } from "./parse.ts";

/** What is known about the texts in which a pattern occurs, without looking at any text. For linters. */
export interface PatternLanguage {
  /** False: no text over the given bytes holds a match. True promises nothing. */
  readonly canMatch: boolean;
  /** True: every text holds a match, the empty one too. False promises nothing. */
  readonly matchesAll: boolean;
}

/**
 * Examines a pattern for haystacks that hold nothing but bytes for which `allowed` is true.
 * @throws PatternError as `compilePattern` does.
 */
export function examinePattern(
  source: string,
  allowed: (byte: number) => boolean,
  options: PatternOptions = {},
): PatternLanguage {
  const multiline = options.multiline ?? true;
  const { root } = parsePattern(source, {
    dotAll: options.dotAll ?? true,
    multiline,
    ignoreCase: options.ignoreCase ?? false,
    ungreedy: false,
    extended: false,
  });
  return { canMatch: canMatch(root, allowed), matchesAll: matchesAll(root) };
}

function canMatch(node: Node, allowed: (byte: number) => boolean): boolean {
  switch (node.kind) {
    case "empty":
    case "assert":
      return true;
    case "text":
      return [...node.text].every((unit) => canMatch(singleByte(unit.charCodeAt(0), node.ignoreCase), allowed));
    case "set":
      for (let byte = 0; byte < 256; byte++) if (node.set.has(byte) && allowed(byte)) return true;
      return false;
    case "group":
      return canMatch(node.node, allowed);
    case "repeat":
      return node.min === 0 || canMatch(node.node, allowed);
    case "alternate":
      return node.nodes.some((part) => canMatch(part, allowed));
    case "concat":
      return node.nodes.every((part) => canMatch(part, allowed)) && !crossesAnEdge(node.nodes);
  }
}

/** Something in front of the text's begin, or behind its end. */
function crossesAnEdge(nodes: readonly Node[]): boolean {
  let before = false;
  let ended = false;
  for (const node of nodes) {
    if (node.kind === "assert") {
      if (node.assertion === Assertion.BeginText && before) return true;
      if (node.assertion === Assertion.EndText) ended = true;
    } else if (!isNullable(node)) {
      if (ended) return true;
      before = true;
    }
  }
  return false;
}

/** The node may match the empty text somewhere. */
function isNullable(node: Node): boolean {
  switch (node.kind) {
    case "empty":
    case "assert":
      return true;
    case "set":
    case "text":
      return false;
    case "group":
      return isNullable(node.node);
    case "repeat":
      return node.min === 0 || isNullable(node.node);
    case "alternate":
      return node.nodes.some(isNullable);
    case "concat":
      return node.nodes.every(isNullable);
  }
}

/** Without a test of its surroundings the node matches the empty text, so it occurs everywhere. */
function matchesAll(node: Node): boolean {
  switch (node.kind) {
    case "empty":
      return true;
    case "assert":
    case "set":
    case "text":
      return false;
    case "group":
      return matchesAll(node.node);
    case "repeat":
      return node.min === 0 || matchesAll(node.node);
    case "alternate":
      return node.nodes.some(matchesAll);
    case "concat": {
      // `^.*` and `.*$` occur everywhere as well, each with one edge that every text has.
      const inner = node.nodes.filter(({ kind }) => kind !== "assert");
      const edges = node.nodes.filter(({ kind }) => kind === "assert");
      if (edges.length === 0) return node.nodes.every(matchesAll);
      const [edge] = edges;
      const isEdge = edge?.kind === "assert" && (edge === node.nodes[0] || edge === node.nodes.at(-1));
      return edges.length === 1 && isEdge && isTextEdge(edge) && inner.every(matchesAll);
    }
  }
}

function isTextEdge(node: Node): boolean {
  if (node.kind !== "assert") return false;
  return ([Assertion.BeginText, Assertion.EndText, Assertion.BeginLine, Assertion.EndLine] as number[]).includes(
    node.assertion,
  );
}
