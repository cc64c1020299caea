/** Result of a suite, as written with `--json`. */
export interface SuiteResult {
  readonly suite: string;
  readonly files: number;
  /** Cases run; equals what the data hold. */
  readonly total: number;
  readonly passed: number;
  /** Passed through an override of the platform. */
  readonly overridden: readonly Explained[];
  /** Failed as expected, each with its reason. */
  readonly expectedFailures: readonly Explained[];
  readonly failures: readonly SuiteFailure[];
  readonly skipped: readonly Explained[];
  readonly seconds: number;
}

/** A case and why it counts the way it does. */
export interface Explained {
  readonly id: string;
  readonly reason: string;
}

/** A case that did not hold. */
export interface SuiteFailure {
  readonly id: string;
  readonly expected: string;
  readonly got: string;
}

/** One case before expected failures are taken into account. */
export interface CaseResult {
  readonly id: string;
  /** Undefined when the case holds. */
  readonly failure?: { readonly expected: string; readonly got: string };
}

/**
 * Judges cases against a list of expected failures. An entry that passes, and one that names no case, are failures of
 * the run: the list can only shrink.
 */
export function judgeCases(
  suite: string,
  files: number,
  cases: readonly CaseResult[],
  expected: ReadonlyMap<string, string>,
  seconds: number,
): SuiteResult {
  const failures: SuiteFailure[] = [];
  const expectedFailures: Explained[] = [];
  const seen = new Set<string>();
  for (const { id, failure } of cases) {
    seen.add(id);
    const reason = expected.get(id);
    if (failure === undefined) {
      if (reason !== undefined) failures.push({ id, expected: `failure (${reason})`, got: "passes: remove the entry" });
    } else if (reason === undefined) failures.push({ id, ...failure });
    else expectedFailures.push({ id, reason });
  }
  for (const id of expected.keys()) {
    if (!seen.has(id)) failures.push({ id, expected: "a case of this name", got: "no such case: remove the entry" });
  }
  const failed = failures.filter(({ id }) => seen.has(id) && !expected.has(id)).length;
  return {
    suite,
    files,
    total: cases.length,
    passed: cases.length - failed - expectedFailures.length,
    overridden: [],
    expectedFailures,
    failures,
    skipped: [],
    seconds,
  };
}
