import type { StageOutput } from "./ftw-test.ts";

/** What came of a stage. */
export interface Observation {
  /** 0 when there was no response. */
  readonly status: number;
  /** Whole response as text; "" when there was none. */
  readonly response: string;
  /** Ids of rules that logged a line for this request, in order. */
  readonly ids: readonly number[];
  /** Those lines. */
  readonly log: readonly string[];
  /** Why there was no valid response; undefined when there was one. */
  readonly transportError: string | undefined;
}

/** Conditions that do not hold, as readable sentences; [] when the stage passes. */
export function judge(output: StageOutput, seen: Observation): string[] {
  const failures: string[] = [];
  const log = seen.log.join("\n");
  const seenIds = seen.ids.length === 0 ? "nothing" : [...new Set(seen.ids)].join(", ");
  if (seen.transportError !== undefined && output.expectError !== true) {
    failures.push(`no response: ${seen.transportError}`);
  }
  if (output.status !== undefined && output.status !== seen.status) {
    failures.push(`expected status ${output.status}, got ${seen.status}`);
  }
  if (output.responseContains !== undefined && !new RegExp(output.responseContains).test(seen.response)) {
    failures.push(`the response does not match /${output.responseContains}/`);
  }
  for (const id of output.expectIds ?? []) {
    if (!seen.ids.includes(id)) failures.push(`expected rule ${id} in the log, got ${seenIds}`);
  }
  for (const id of output.noExpectIds ?? []) {
    if (seen.ids.includes(id)) failures.push(`rule ${id} was logged and should not be`);
  }
  if (output.isolated === true && new Set(seen.ids).size !== 1) {
    failures.push(`expected no other rule in the log, got ${seenIds}`);
  }
  const positive = output.matchRegex ?? output.logContains;
  if (positive !== undefined && !new RegExp(positive).test(log)) failures.push(`no log line matches /${positive}/`);
  const negative = output.noMatchRegex ?? output.noLogContains;
  if (negative !== undefined && new RegExp(negative).test(log)) {
    failures.push(`a log line matches /${negative}/: ${seenIds}`);
  }
  return failures;
}
