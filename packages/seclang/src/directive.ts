import type { LogicalLine } from "./logical-line.ts";
import type { SeclangCode } from "./codes.ts";
import type { Span } from "./source.ts";
import { lowerAscii, skipWord } from "./text.ts";

/** A directive whose name is read and whose arguments are not. */
export interface Directive {
  readonly line: LogicalLine;
  /** As written. */
  readonly name: string;
  /** Lower-case name. */
  readonly key: string;
  readonly nameEnd: number;
  /** Of the whole directive. */
  readonly span: Span;
}

/**
 * Splits the name off a line.
 *
 * Compat: a tab ends the name and separates arguments as a blank does; Coraza takes it as part of the name.
 */
export function readDirective(line: LogicalLine): Directive {
  const nameEnd = skipWord(line.text, 0);
  const name = line.text.slice(0, nameEnd);
  return { line, name, key: lowerAscii(name), nameEnd, span: line.span(0, line.text.length) };
}

/** Reports what a directive as a whole lacks, at its name. */
export function reportAtName(directive: Directive, code: SeclangCode, message: string, hint: string): void {
  directive.line.error(code, message, 0, directive.nameEnd, hint);
}
