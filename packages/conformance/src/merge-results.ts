import type { SuiteResult } from "./suite-result.ts";

/** Several parts of a suite as one. */
export function mergeResults(suite: string, parts: readonly SuiteResult[]): SuiteResult {
  const sum = (of: (part: SuiteResult) => number): number => parts.reduce((total, part) => total + of(part), 0);
  return {
    suite,
    files: sum((part) => part.files),
    total: sum((part) => part.total),
    passed: sum((part) => part.passed),
    overridden: parts.flatMap((part) => part.overridden),
    expectedFailures: parts.flatMap((part) => part.expectedFailures),
    failures: parts.flatMap((part) => part.failures),
    skipped: parts.flatMap((part) => part.skipped),
    seconds: sum((part) => part.seconds),
  };
}
