import type { Diagnostic } from "./diagnostic.ts";
import type { Span } from "./source.ts";
import { position } from "./source.ts";

const EXCERPT_WIDTH = 100;
const severityColors = { error: "31", warning: "33", info: "36" } as const;

/** A diagnostic as people read it: place, message, the line with carets under the spot, hint, related places. */
export function formatDiagnostic(diagnostic: Diagnostic, options: { readonly color?: boolean } = {}): string {
  const { code, severity, message, span, hint, related } = diagnostic;
  const paint = (color: string, text: string): string =>
    options.color === true ? `\x1b[${color}m${text}\x1b[0m` : text;
  const lines = [`${placeOf(span)}${paint(severityColors[severity], severity)}: ${message} [${code}]`];
  if (span !== undefined) {
    const { text, carets } = excerptOf(span);
    lines.push(`    ${text}`, `    ${paint(severityColors[severity], carets)}`);
  }
  if (hint !== undefined) lines.push(`    ${paint("36", "hint:")} ${hint}`);
  for (const place of related ?? []) lines.push(`    ${placeOf(place.span)}${place.message}`);
  return lines.map((line) => line.trimEnd()).join("\n");
}

function placeOf(span: Span | undefined): string {
  if (span === undefined) return "";
  const { line, column } = position(span.source, span.start);
  return `${span.source.name === "" ? "(text)" : span.source.name}:${line}:${column}: `;
}

/** The line of the span's start, cut around it, and carets below. A span over several lines is marked on its first. */
function excerptOf({ source, start, end }: Span): { readonly text: string; readonly carets: string } {
  const lineStart = start - position(source, start).column + 1;
  const newline = source.text.indexOf("\n", start);
  const lineEnd = newline < 0 ? source.text.length : newline;
  const from = Math.max(lineStart, Math.min(start - EXCERPT_WIDTH / 2, lineEnd - EXCERPT_WIDTH));
  const to = Math.min(lineEnd, from + EXCERPT_WIDTH);
  const lead = from > lineStart ? "..." : "";
  const tail = to < lineEnd ? "..." : "";
  const carets = "^".repeat(Math.max(1, Math.min(end, to) - start));
  return {
    text: `${lead}${printable(source.text.slice(from, to))}${tail}`,
    carets: `${" ".repeat(lead.length + start - from)}${carets}`,
  };
}

/** One column per byte, so that carets stand where they belong. */
function printable(text: string): string {
  return text.replaceAll(/[\t\r]/g, " ").replaceAll(/[^\x20-\x7e]/g, "·");
}
