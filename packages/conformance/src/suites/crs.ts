import { join } from "node:path";
import type { FtwTest, LogSource, TestResult } from "@cuirass/ftw";
import {
  findTestFiles,
  ftwSettings,
  observeInProcess,
  observeOverSocket,
  readOverrides,
  readTestFile,
  ReflectBackend,
  runTests,
} from "@cuirass/ftw";
import type { MatchedRule } from "@cuirass/engine";
import { createWaf } from "@cuirass/engine";
import { createNodeHost, locateRuleSet, ruleSetFileSystem, ruleSetSources } from "@cuirass/node";
import { createProxy, singleApplication } from "@cuirass/proxy";
import type { SuiteResult } from "../suite-result.ts";
import { judgeCases } from "../suite-result.ts";
import { readExpected } from "../expected.ts";
import { startReflectServer } from "./reflect-server.ts";

/** Where the shared data hold the CRS. */
export const RULES = "crs/4.28.0";

/** The CRS regression tests. */
export interface CrsTests {
  readonly tests: readonly FtwTest[];
  readonly files: number;
}

/** Reads all CRS regression tests. */
export function loadCrsTests(shared: string): CrsTests {
  const files = findTestFiles(join(shared, RULES, "tests/regression/tests"));
  return { tests: files.flatMap(readTestFile), files: files.length };
}

/** The CRS with the settings of its own tests. */
export function createTestWaf(
  shared: string,
  onMatchedRule: (matched: MatchedRule) => void,
): ReturnType<typeof createWaf> {
  const ruleSet = locateRuleSet({ rules: join(shared, RULES) });
  return createWaf({
    directives: ruleSetSources(ruleSet, { mode: "block", before: ftwSettings }),
    host: createNodeHost({ fileSystem: ruleSetFileSystem(ruleSet) }),
    onMatchedRule,
    timeBudgetMs: Infinity,
  });
}

/** Progress for suites that take a while. */
export type OnProgress = (done: number, total: number) => void;

/** All CRS regression tests in process. */
export async function runCrs(shared: string, onProgress: OnProgress): Promise<SuiteResult> {
  const started = performance.now();
  const { tests, files } = loadCrsTests(shared);
  const log: MatchedRule[] = [];
  const waf = createTestWaf(shared, (matched) => log.push(matched));
  const backend = new ReflectBackend();
  const results = await runTests(tests, {
    exchange: (raw) => observeInProcess({ waf, log }, backend, raw),
    headParserCounts: true,
    onResult: (_result, done) => onProgress(done, tests.length),
  });
  return summariseCrs("crs", files, results, (performance.now() - started) / 1000);
}

/** What CRS tests are sent to, and what it logs. */
export interface SocketTarget {
  readonly port: number;
  readonly log: LogSource;
  /** Whose overrides of the CRS apply. */
  readonly overrides: "coraza" | "nginx";
}

/** Runs CRS tests over sockets. A head that the server's own parser refuses is no answer of the WAF. */
export function runOverSocket(
  shared: string,
  tests: readonly FtwTest[],
  { port, log, overrides }: SocketTarget,
  onProgress: OnProgress,
): Promise<TestResult[]> {
  const target = { host: "127.0.0.1", port, timeoutMs: 5000 };
  const list = readOverrides(join(shared, RULES, `tests/regression/${overrides}-overrides.yaml`));
  return runTests(tests, {
    exchange: (raw) => observeOverSocket(raw, target, log),
    headParserCounts: false,
    overrides: new Map(list.map((override) => [override.testId, override])),
    onResult: (_result, done) => onProgress(done, tests.length),
  });
}

/** All CRS regression tests through the reverse proxy, on real sockets. */
export async function runCrsProxy(shared: string, onProgress: OnProgress): Promise<SuiteResult> {
  const started = performance.now();
  const { tests, files } = loadCrsTests(shared);
  const log = new ExchangeLog();
  const waf = createTestWaf(shared, (matched) => log.lines.push(matched));
  const backend = await startReflectServer();
  const proxy = createProxy({
    ...singleApplication(new URL(backend.url)),
    waf: () => waf,
    onExchange: () => log.end(),
    onRefused: () => log.end(),
  });
  const { port } = await proxy.listen(0, "127.0.0.1");
  const target = { port, log, overrides: "coraza" } as const;
  const results = await runOverSocket(shared, tests, target, onProgress);
  await proxy.close();
  backend.close();
  return summariseCrs("crs-proxy", files, results, (performance.now() - started) / 1000);
}

/** Matches of the exchange that is running. Rules of the logging phase run after the response, so its end is waited for. */
export class ExchangeLog implements LogSource {
  readonly lines: MatchedRule[] = [];
  #ended = (): void => undefined;
  #end: Promise<void> = Promise.resolve();

  begin(): void {
    this.lines.length = 0;
    this.#end = new Promise((resolve) => {
      this.#ended = resolve;
    });
  }

  end(): void {
    this.#ended();
  }

  async collect(): Promise<{ ids: number[]; log: string[] }> {
    await Promise.race([this.#end, new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
    return { ids: this.lines.map((matched) => matched.rule.id), log: this.lines.map((matched) => matched.errorLog()) };
  }
}

/** Judges results against the expected failures of a suite. */
export function summariseCrs(
  suite: string,
  files: number,
  results: readonly TestResult[],
  seconds: number,
): SuiteResult {
  const cases = results.map(({ test, outcome, details }) =>
    outcome === "failed"
      ? { id: test.id, failure: { expected: "the test's output", got: details.join("; ") } }
      : { id: test.id },
  );
  const judged = judgeCases(suite, files, cases, readExpected(suite), seconds);
  const overridden = results
    .filter(({ outcome }) => outcome === "overridden")
    .map(({ test, details }) => ({ id: test.id, reason: details.join("; ") }));
  const refusedHeads = results.filter(({ outcome }) => outcome === "refused-head");
  return {
    ...judged,
    overridden: [
      ...overridden,
      ...refusedHeads.map(({ test }) => ({
        id: test.id,
        reason: "the strict request-head parser refuses these bytes",
      })),
    ],
  };
}
