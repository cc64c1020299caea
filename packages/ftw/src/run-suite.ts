import type { FtwTest } from "./ftw-test.ts";
import type { Observation } from "./judge.ts";
import type { Override } from "./overrides.ts";
import { buildRequest } from "./build-request.ts";
import { judge } from "./judge.ts";
import { strictRefusal } from "./run-in-process.ts";

/** How one test ended. */
export interface TestResult {
  readonly test: FtwTest;
  /**
   * refused-head: the test expects an HTTP server's answer to a broken head, and the proxy's parser gives it.
   * overridden: an override of the platform holds whose reason is the HTTP server in front.
   */
  readonly outcome: "passed" | "failed" | "refused-head" | "overridden";
  /** What did not hold, when it failed; the override's reason when overridden. */
  readonly details: readonly string[];
  readonly observation: Observation;
  readonly milliseconds: number;
}

/** Sends raw bytes somewhere and reports what was seen. */
export type Exchange = (raw: string, test: FtwTest) => Promise<Observation>;

/** How a run judges. */
export interface RunOptions {
  readonly exchange: Exchange;
  /** Accept status 400 tests when the strict head parser refuses the bytes (in-process runs). */
  readonly headParserCounts: boolean;
  readonly overrides?: ReadonlyMap<string, Override>;
  readonly onResult?: (result: TestResult, done: number) => void;
}

/** Runs tests one after the other, in order. */
export async function runTests(tests: readonly FtwTest[], options: RunOptions): Promise<TestResult[]> {
  const results: TestResult[] = [];
  for (const test of tests) {
    const result = await runTest(test, options);
    results.push(result);
    options.onResult?.(result, results.length);
  }
  return results;
}

async function runTest(test: FtwTest, options: RunOptions): Promise<TestResult> {
  const started = performance.now();
  let attempt = await runStages(test, options);
  if (attempt.failures.length > 0 && test.stages.some((stage) => stage.output.retryOnce === true)) {
    attempt = await runStages(test, options);
  }
  const { failures, outcome, reason, observation } = attempt;
  return {
    test,
    outcome: failures.length > 0 ? "failed" : outcome,
    details: failures.length > 0 ? failures : reason,
    observation,
    milliseconds: performance.now() - started,
  };
}

interface Attempt {
  readonly failures: readonly string[];
  readonly outcome: TestResult["outcome"];
  readonly reason: readonly string[];
  readonly observation: Observation;
}

const nothingSeen: Observation = { status: 0, response: "", ids: [], log: [], transportError: "no stage ran" };

async function runStages(test: FtwTest, options: RunOptions): Promise<Attempt> {
  let outcome: TestResult["outcome"] = "passed";
  let reason: readonly string[] = [];
  let observation = nothingSeen;
  const cookies: string[] = [];
  let location: string | undefined;
  for (let index = 0; index < test.stages.length; index++) {
    const { input, output } = test.stages[index]!;
    const followed = input.followRedirect && location !== undefined ? { ...input, uri: location } : input;
    const headers =
      cookies.length === 0 ? followed.headers : [...followed.headers, ["Cookie", cookies.join("; ")] as const];
    const raw = buildRequest({ ...followed, headers });
    observation = await options.exchange(raw, test);
    if (input.saveCookie) cookies.push(...cookiesOf(observation.response));
    location = /^location:[ \t]*(\S+)/im.exec(observation.response)?.[1];
    const failures = judge(output, observation);
    if (failures.length === 0) continue;
    if (options.headParserCounts && output.expectIds === undefined && expectsRefusal(output, raw)) {
      outcome = "refused-head";
      continue;
    }
    const override = options.overrides?.get(test.id);
    const applies =
      override?.output !== undefined && (override.stages === undefined || override.stages.includes(index));
    if (applies && judge(override.output, observation).length === 0) {
      outcome = "overridden";
      reason = [override.reason];
      continue;
    }
    return { failures, outcome: "failed", reason: [], observation };
  }
  return { failures: [], outcome, reason, observation };
}

/** The stage expects what an HTTP server answers to a broken request head, and the proxy's parser would answer that. */
function expectsRefusal(output: FtwTest["stages"][number]["output"], raw: string): boolean {
  const refusal = strictRefusal(raw);
  if (refusal === undefined) return false;
  return output.expectError === true || output.status === refusal;
}

function cookiesOf(response: string): string[] {
  return [...response.matchAll(/^set-cookie:[ \t]*([^;\r\n]+)/gim)].map((match) => match[1]!);
}
