import { writeFileSync } from "node:fs";
import { Command } from "commander";
import type { Exchange, FtwTest, TestResult } from "@cuirass/ftw";
import {
  fileLogSource,
  findTestFiles,
  formatJunit,
  ftwSettings,
  headerLogSource,
  observeInProcess,
  observeOverSocket,
  readOverrides,
  readTestFile,
  ReflectBackend,
  runTests,
} from "@cuirass/ftw";
import { locateRuleSet } from "@cuirass/node";
import { ExitCode } from "../exit-code.ts";
import { collectMatches, describeWaf, loadWaf } from "../load-waf.ts";
import { ProgressLine } from "../output/progress-line.ts";

interface FtwOptions {
  readonly rules?: string;
  readonly url?: string;
  readonly idsHeader: string;
  readonly logFile?: string;
  readonly overrides?: string;
  readonly filter?: string;
  readonly json?: string;
  readonly junit?: string;
}

/** `cuirass ftw`: CRS regression tests. */
export function ftwCommand(): Command {
  return new Command("ftw")
    .description("Run CRS regression tests (FTW YAML) in process, or against a running server with --url.")
    .argument("<path>", "folder or file with tests")
    .option("--rules <path>", "CRS folder to test in process")
    .option("--url <url>", "send the requests to this server instead")
    .option("--ids-header <name>", "response header with matched ids, for --url", "x-cuirass-rules")
    .option("--log-file <file>", "error log of the server, instead of a header, for --url")
    .option("--overrides <file>", "override file of a platform")
    .option("--filter <pattern>", "only tests whose id matches this expression, e.g. ^942")
    .option("--json <file>", "write results as JSON")
    .option("--junit <file>", "write results as JUnit XML")
    .action(async (path: string, options: FtwOptions) => {
      const filter = options.filter === undefined ? undefined : new RegExp(options.filter);
      const tests = findTestFiles(path)
        .flatMap(readTestFile)
        .filter((test) => filter === undefined || filter.test(test.id));
      const started = performance.now();
      const results = await run(tests, options);
      report(results, options, performance.now() - started);
      if (results.some((result) => result.outcome === "failed")) throw new ExitCode(1);
    });
}

async function run(tests: readonly FtwTest[], options: FtwOptions): Promise<TestResult[]> {
  const progress = new ProgressLine(tests.length);
  let failed = 0;
  const overrides = options.overrides === undefined ? [] : readOverrides(options.overrides);
  const results = await runTests(tests, {
    exchange: options.url === undefined ? inProcess(options) : overSocket(new URL(options.url), options),
    headParserCounts: options.url === undefined,
    overrides: new Map(overrides.map((override) => [override.testId, override])),
    onResult: (result, done) => {
      if (result.outcome === "failed") failed++;
      progress.update(done, `${failed} failed`);
    },
  });
  progress.end();
  return results;
}

function inProcess(options: FtwOptions): Exchange {
  const { log, onMatchedRule } = collectMatches();
  const ruleSet = locateRuleSet({ rules: options.rules });
  const started = performance.now();
  const waf = loadWaf(ruleSet, { mode: "block", before: ftwSettings }, { onMatchedRule, timeBudgetMs: Infinity });
  process.stderr.write(`${describeWaf(waf, ruleSet, performance.now() - started)}\n`);
  const backend = new ReflectBackend();
  return (raw) => observeInProcess({ waf, log }, backend, raw);
}

function overSocket(url: URL, options: FtwOptions): Exchange {
  const target = { host: url.hostname, port: Number(url.port || 80), timeoutMs: 5000 };
  const source = options.logFile === undefined ? headerLogSource(options.idsHeader) : fileLogSource(options.logFile);
  return (raw) => observeOverSocket(raw, target, source);
}

function report(results: readonly TestResult[], options: FtwOptions, milliseconds: number): void {
  const count = (outcome: TestResult["outcome"]): number =>
    results.filter((result) => result.outcome === outcome).length;
  for (const result of results) {
    if (result.outcome !== "failed") continue;
    process.stdout.write(`FAIL ${result.test.id}  ${result.test.description.split("\n")[0] ?? ""}\n`);
    for (const detail of result.details) process.stdout.write(`     ${detail}\n`);
  }
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results.map(plain), undefined, 2)}\n`);
  if (options.junit !== undefined) writeFileSync(options.junit, formatJunit(results));
  const failed = count("failed");
  const notes = [`${count("refused-head")} by the head parser`, `${count("overridden")} by override`];
  process.stdout.write(`${(milliseconds / 1000).toFixed(1)} s; of those passed: ${notes.join(", ")}\n`);
  process.stdout.write(`${results.length - failed} passed, ${failed} failed\n`);
}

function plain({ test, outcome, details, observation, milliseconds }: TestResult): object {
  return {
    id: test.id,
    file: test.file,
    outcome,
    details,
    status: observation.status,
    ids: observation.ids,
    milliseconds,
  };
}
