import type { DirectiveNode, Document } from "./ast.ts";

/** Functions by kind of directive; absent kinds are passed over. */
export type Visitor = {
  readonly [Kind in DirectiveNode["kind"]]?: (node: Extract<DirectiveNode, { kind: Kind }>) => void;
};

/** Calls the visitor's function for each directive in order. */
export function visit(document: Document, visitor: Visitor): void {
  for (const directive of document.directives) (visitor[directive.kind] as ((node: DirectiveNode) => void) | undefined)?.(directive);
}
