import type { Source } from "@cuirass/seclang";
import type { Finding, TextEdit } from "./finding.ts";

/** A source with its mechanical faults mended. */
export interface FixedSource {
  readonly source: Source;
  readonly text: string;
  /** Findings that the change takes care of. */
  readonly fixed: readonly Finding[];
}

/**
 * Applies the fixes of findings to the texts they are about. Of fixes that overlap, the first is applied; a second run takes
 * care of the others. A line that becomes empty goes.
 */
export function applyFixes(findings: readonly Finding[]): FixedSource[] {
  const bySource = new Map<string, { source: Source; edits: { finding: Finding; edit: TextEdit }[] }>();
  for (const finding of findings) {
    if (finding.fix === undefined) continue;
    const { source } = finding.fix.span;
    const entry = bySource.get(source.name) ?? { source, edits: [] };
    bySource.set(source.name, entry);
    entry.edits.push({ finding, edit: finding.fix });
  }
  return [...bySource.values()].map(({ source, edits }) => {
    const fixed: Finding[] = [];
    let text = "";
    let at = 0;
    for (const { finding, edit } of edits.toSorted((a, b) => a.edit.span.start - b.edit.span.start)) {
      const { start, end } = edit.text === "" ? wholeLine(source.text, edit.span) : edit.span;
      if (start < at) continue;
      text += source.text.slice(at, start) + edit.text;
      at = end;
      fixed.push(finding);
    }
    return { source, text: text + source.text.slice(at), fixed };
  });
}

/** The span with the line break behind it, when nothing else stands on its lines. */
function wholeLine(text: string, { start, end }: TextEdit["span"]): { start: number; end: number } {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const newline = text.indexOf("\n", end);
  const lineEnd = newline < 0 ? text.length : newline + 1;
  const isAlone = text.slice(lineStart, start).trim() === "" && text.slice(end, lineEnd).trim() === "";
  return isAlone ? { start: lineStart, end: lineEnd } : { start, end };
}
