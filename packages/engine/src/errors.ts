import type { Diagnostic } from "@cuirass/seclang";
import type { EngineCode } from "./codes.ts";
import { formatDiagnostic } from "@cuirass/seclang";

const brand = Symbol.for("cuirass.error");

/** Base of all errors that Cuirass throws at hosts; recognised across duplicated copies by {@link isWafError}. */
export class WafError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = "WafError";
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** The configuration cannot be used. Holds every finding, not only the first. */
export class WafConfigError extends WafError {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter((d) => d.severity === "error");
    const head = `${errors.length} error${errors.length === 1 ? "" : "s"} in the configuration`;
    super("WAF_CONFIG_INVALID" satisfies EngineCode, `${head}\n${errors.map((d) => formatDiagnostic(d)).join("\n")}`);
    this.name = "WafConfigError";
    this.diagnostics = diagnostics;
  }
}

/** A host called a method at the wrong time or with the wrong kind of value. */
export class WafStateError extends WafError {
  constructor(code: Extract<EngineCode, `WAF_STATE_${string}`>, message: string) {
    super(code, message);
    this.name = "WafStateError";
  }
}

/** True for errors of any copy of this package. */
export function isWafError(error: unknown): error is WafError {
  return typeof error === "object" && error !== null && (error as Record<symbol, unknown>)[brand] === true;
}
