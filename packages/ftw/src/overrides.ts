import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { Fields } from "./read-tests.ts";
import type { StageOutput } from "./ftw-test.ts";
import { readOutput } from "./read-tests.ts";

/** What a platform may do differently in one test, in the CRS project's word. */
export interface Override {
  readonly testId: string;
  /** Stages it applies to, from 0; all when absent. */
  readonly stages: readonly number[] | undefined;
  readonly reason: string;
  /** Undefined when the entry only states a reason. */
  readonly output: StageOutput | undefined;
}

/** Reads an override file of the CRS, one entry per test. */
export function readOverrides(file: string): Override[] {
  const document = parse(readFileSync(file, "utf8")) as { test_overrides?: readonly Fields[] } | null;
  return (document?.test_overrides ?? []).flatMap((entry) => {
    const ids = (entry["test_ids"] ?? []) as readonly number[];
    return ids.map((testId) => ({
      testId: `${String(entry["rule_id"])}-${testId}`,
      stages: entry["stage_ids"] as readonly number[] | undefined,
      reason: String(entry["reason"] ?? ""),
      output: entry["output"] === undefined ? undefined : readOutput(entry["output"] as Fields),
    }));
  });
}
