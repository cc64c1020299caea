import type { DirectiveNode, Document, Node } from "./ast.ts";

/** Functions by kind of node, called with the directive that the node belongs to; absent kinds are passed over. */
export type Visitor = {
  readonly [Kind in Node["kind"]]?: (node: Extract<Node, { readonly kind: Kind }>, directive: DirectiveNode) => void;
};

/** Calls the visitor's function for every directive in order, and after each for its parts as they are written. */
export function visit(document: Document, visitor: Visitor): void {
  for (const directive of document.directives) {
    call(visitor, directive, directive);
    for (const part of partsOf(directive)) call(visitor, part, directive);
  }
}

function call(visitor: Visitor, node: Node, directive: DirectiveNode): void {
  (visitor[node.kind] as ((node: Node, directive: DirectiveNode) => void) | undefined)?.(node, directive);
}

function partsOf(directive: DirectiveNode): readonly Node[] {
  switch (directive.kind) {
    case "rule":
      return [...directive.targets, directive.operator, ...directive.actions];
    case "action":
      return directive.actions;
    case "update-target":
      return [...directive.selectors, ...directive.targets, ...(directive.replacement ?? [])];
    case "update-action":
      return [...directive.selectors, ...directive.actions];
    case "remove":
      return directive.selectors;
    default:
      return [];
  }
}
