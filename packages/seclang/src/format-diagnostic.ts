import type { Diagnostic } from "./diagnostic.ts";
import type { Span } from "./source.ts";
import { position } from "./source.ts";

const EXCERPT_WIDTH = 100;

/** A diagnostic as people read it: place, message, the line with a caret under the spot, hint, related places. */
export function formatDiagnostic(diagnostic: Diagnostic, options: { readonly color?: boolean } = {}): string {
  const paint = (code: string, text: string): string => (options.color === true ? `\x1b[${code}m${text}\x1b[0m` : text);
  const severity = paint(diagnostic.severity === "error" ? "31" : "33", diagnostic.severity);
  const lines = [`${placeOf(diagnostic.span)}${severity}: ${diagnostic.message} [${diagnostic.code}]`];
  if (diagnostic.span !== undefined) lines.push(...excerpt(diagnostic.span));
  if (diagnostic.hint !== undefined) lines.push(`  hint: ${diagnostic.hint}`);
  for (const { message, span } of diagnostic.related ?? []) lines.push(`  ${placeOf(span)}${message}`);
  return lines.join("\n");
}

function placeOf(span: Span | undefined): string {
  if (span === undefined) return "";
  const { line, column } = position(span.source, span.start);
  return `${span.source.name}:${line}:${column}: `;
}

/** The line of the span's start, cut around it, and carets below. */
function excerpt({ source, start, end }: Span): string[] {
  const { column } = position(source, start);
  const lineStart = start - column + 1;
  const newline = source.text.indexOf("\n", start);
  const lineEnd = newline < 0 ? source.text.length : newline;
  const from = Math.max(lineStart, start - EXCERPT_WIDTH / 2);
  const to = Math.min(lineEnd, from + EXCERPT_WIDTH);
  const printable = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, (unit) => (unit === "\t" ? " " : "·"));
  const before = printable(source.text.slice(from, start));
  const width = Math.max(1, Math.min(end, to) - start);
  const lead = from > lineStart ? "…" : "";
  return [`    ${lead}${before}${printable(source.text.slice(start, to))}`, `    ${" ".repeat(lead.length + before.length)}${"^".repeat(width)}`];
}
