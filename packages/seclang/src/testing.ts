import type { DirectiveNode } from "./ast.ts";
import type { ParseResult } from "./parser.ts";
import { createSource, parse } from "./index.ts";

/** Parses a text under the name `a.conf`. */
export function parseText(text: string): ParseResult {
  return parse(createSource("a.conf", text));
}

/** The one directive of a text, which must be of the given kind and free of findings. */
export function only<Kind extends DirectiveNode["kind"]>(
  text: string,
  kind: Kind,
): Extract<DirectiveNode, { readonly kind: Kind }> {
  const { document, diagnostics } = parseText(text);
  const [node] = document.directives;
  if (diagnostics.length > 0 || document.directives.length !== 1 || node?.kind !== kind) {
    throw new Error(
      `expected one ${kind}, got ${JSON.stringify({ diagnostics, kinds: document.directives.map((d) => d.kind) })}`,
    );
  }
  return node as Extract<DirectiveNode, { readonly kind: Kind }>;
}

/** Codes of all findings of a text. */
export function codesOf(text: string): string[] {
  return parseText(text).diagnostics.map(({ code }) => code);
}
