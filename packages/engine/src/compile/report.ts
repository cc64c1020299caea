import type { Diagnostic, Span } from "@cuirass/seclang";
import type { EngineCode } from "../codes.ts";

/** Collects findings; a configuration is refused whole, with every error listed. */
export class Report {
  readonly diagnostics: Diagnostic[] = [];

  error(code: EngineCode, message: string, span?: Span, hint?: string, related?: Diagnostic["related"]): void {
    this.#add("error", code, message, span, hint, related);
  }

  warn(code: EngineCode, message: string, span?: Span, hint?: string, related?: Diagnostic["related"]): void {
    this.#add("warning", code, message, span, hint, related);
  }

  get hasErrors(): boolean {
    return this.diagnostics.some((diagnostic) => diagnostic.severity === "error");
  }

  #add(
    severity: "error" | "warning",
    code: EngineCode,
    message: string,
    span: Span | undefined,
    hint: string | undefined,
    related: Diagnostic["related"],
  ): void {
    this.diagnostics.push({
      code,
      severity,
      message,
      ...(span === undefined ? {} : { span }),
      ...(hint === undefined ? {} : { hint }),
      ...(related === undefined ? {} : { related }),
    });
  }
}
