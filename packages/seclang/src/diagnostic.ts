import type { Span } from "./source.ts";

/** A finding about a configuration. A value, never thrown by this package. */
export interface Diagnostic {
  /** Stable: `SECLANG_...` from this package, others from its users. */
  readonly code: string;
  readonly severity: "error" | "warning" | "info";
  /** One sentence that quotes the offending text. */
  readonly message: string;
  readonly span?: Span;
  /** What was expected, or the nearest known name. */
  readonly hint?: string;
  /** Other places that belong to the finding. */
  readonly related?: readonly { readonly message: string; readonly span: Span }[];
}
