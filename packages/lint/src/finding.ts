import type { Diagnostic, Span } from "@cuirass/seclang";
import type { LintCode } from "./codes.ts";

/** Text to put in the place of a span. */
export interface TextEdit {
  readonly span: Span;
  readonly text: string;
}

/** A diagnostic that may know how to mend what it is about. */
export interface Finding extends Diagnostic {
  /** A mechanical change that keeps the meaning of the rules. */
  readonly fix?: TextEdit;
}

/** What goes with a finding besides its code, message and place. */
export interface FindingDetails {
  readonly severity?: Diagnostic["severity"];
  readonly hint?: string | undefined;
  readonly related?: Diagnostic["related"] | undefined;
  readonly fix?: TextEdit;
}

/** Collects findings of checks; warnings unless said otherwise. */
export class Findings {
  readonly list: Finding[] = [];

  add(code: LintCode, message: string, span: Span, details: FindingDetails = {}): void {
    const { severity = "warning", hint, related, fix } = details;
    this.list.push({
      code,
      severity,
      message,
      span,
      ...(hint === undefined ? {} : { hint }),
      ...(related === undefined ? {} : { related }),
      ...(fix === undefined ? {} : { fix }),
    });
  }
}
