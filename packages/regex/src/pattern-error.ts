const brand = Symbol.for("cuirass.pattern-error");

/** What is wrong with a pattern. */
export type PatternErrorCode = "syntax" | "not-regular" | "unsupported" | "too-large";

/** A pattern that cannot be used. */
export class PatternError extends Error {
  readonly code: PatternErrorCode;
  /** Offset in the pattern, in bytes. */
  readonly position: number;
  /** What to write instead. */
  readonly hint: string | undefined;

  constructor(code: PatternErrorCode, message: string, position: number, hint?: string) {
    super(message);
    this.name = "PatternError";
    this.code = code;
    this.position = position;
    this.hint = hint;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** True for pattern errors of any copy of this package. */
export function isPatternError(error: unknown): error is PatternError {
  return typeof error === "object" && error !== null && (error as Record<symbol, unknown>)[brand] === true;
}
