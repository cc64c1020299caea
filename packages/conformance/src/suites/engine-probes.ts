import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { MatchedRule, Waf } from "@cuirass/engine";
import { createWaf, isWafError } from "@cuirass/engine";
import { createNodeHost } from "@cuirass/node";
import type { CaseResult, SuiteResult } from "../suite-result.ts";
import type { RecordedRequest, RecordedResponse } from "./recorded-exchange.ts";
import { judgeCases } from "../suite-result.ts";
import { readExpected } from "../expected.ts";
import { replay, showInterruption, unwire, wire } from "./recorded-exchange.ts";
import { memoryFileSystem } from "./virtual-files.ts";

interface Probe {
  readonly name: string;
  readonly directives?: string;
  readonly directives_calls?: readonly string[];
  readonly directives_from_file?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly request?: RecordedRequest;
  readonly response?: RecordedResponse;
  readonly config_error?: string | null;
  readonly panic?: unknown;
  readonly result?: {
    readonly final_interruption?: { rule_id: number; action: string; status: number; data: string } | null;
    readonly detection_only_interruption?: { rule_id: number; action: string; status: number; data: string } | null;
    readonly matched_rules?: readonly ProbeMatch[];
    readonly variables_after?: Readonly<Record<string, readonly { key: string; value: string }[] | null>>;
  };
}

interface ProbeMatch {
  readonly id: number;
  readonly log: boolean;
  readonly audit: boolean;
  readonly disruptive: boolean;
  readonly message: string;
  readonly data: string;
  readonly error_log?: string;
  readonly matched_datas?: readonly { variable: string; key: string; value: string; chain_level: number }[];
}

/** Variables that depend on the clock. */
const UNSTABLE = new Set([
  "TIME",
  "TIME_DAY",
  "TIME_EPOCH",
  "TIME_HOUR",
  "TIME_MIN",
  "TIME_MON",
  "TIME_SEC",
  "TIME_WDAY",
  "TIME_YEAR",
  "FILES_TMPNAMES",
]);

/** Answers recorded from the running Go engine: configuration, matches, interruption, variables at the end. */
export function runEngineProbes(shared: string): SuiteResult {
  const started = performance.now();
  const probes = JSON.parse(
    readFileSync(join(shared, "vectors/oracle/engine-probes.json"), "utf8"),
  ) as readonly Probe[];
  const seen = new Map<string, number>();
  const cases = probes.map((probe): CaseResult => {
    const count = (seen.get(probe.name) ?? 0) + 1;
    seen.set(probe.name, count);
    const id = count === 1 ? probe.name : `${probe.name} #${count}`;
    const differences = runProbe(probe);
    return differences.length === 0
      ? { id }
      : { id, failure: { expected: "as recorded", got: differences.join("; ") } };
  });
  return judgeCases("oracle-engine", 1, cases, readExpected("engine-probes"), (performance.now() - started) / 1000);
}

function runProbe(probe: Probe): string[] {
  let waf: Waf;
  try {
    waf = load(probe);
  } catch (error) {
    if (!isWafError(error)) return [`threw ${(error as Error).stack}`];
    if (typeof probe.config_error === "string" || typeof probe.panic === "string") return [];
    return [`refused: ${error.message.split("\n").slice(0, 6).join(" / ")}`];
  }
  if (typeof probe.config_error === "string") return [`accepted, recorded: ${probe.config_error}`];
  if (probe.panic !== undefined && probe.panic !== null) return ["runs; recorded: crash"];
  if (probe.request === undefined || probe.result === undefined) return [];
  const tx = waf.newTransaction({ id: "TXID" });
  try {
    replay(tx, probe.request, probe.response);
    return compare(probe, tx);
  } catch (error) {
    return [`threw ${(error as Error).stack}`];
  } finally {
    tx.close();
  }
}

function load(probe: Probe): Waf {
  const files = new Map(Object.entries(probe.files ?? {}).map(([name, text]) => [name, Buffer.from(text, "utf8")]));
  const texts = probe.directives_calls ?? (probe.directives === undefined ? [] : [probe.directives]);
  const file = probe.directives_from_file;
  return createWaf({
    directives: file === undefined ? texts.map(wire) : [{ file }],
    host: createNodeHost({ fileSystem: memoryFileSystem(files) }),
    timeBudgetMs: Infinity,
  });
}

function compare(probe: Probe, tx: ReturnType<Waf["newTransaction"]>): string[] {
  const { result } = probe;
  const differences: string[] = [];
  const differ = (what: string, want: string, got: string): void => {
    if (want !== got) differences.push(`${what}: want ${want}, got ${got}`);
  };
  differ("interruption", showInterruption(result?.final_interruption), showInterruption(tx.interruption));
  differ(
    "detection-only interruption",
    showInterruption(result?.detection_only_interruption),
    showInterruption(tx.detectionOnlyInterruption),
  );
  differ(
    "rules",
    JSON.stringify((result?.matched_rules ?? []).map(wantedMatch)),
    JSON.stringify(tx.matchedRules.map(gotMatch)),
  );
  for (const [name, entries] of Object.entries(result?.variables_after ?? {})) {
    if (UNSTABLE.has(name)) continue;
    const got = [...(tx.collection(name)?.data() ?? [])].flatMap(([key, values]) =>
      values.map((value) => ({ key: unwire(key), value: unwire(value) })),
    );
    differ(name, show(entries ?? []), show(got));
  }
  return differences;
}

/** Order of entries inside a variable is random in the recordings. */
function show(entries: readonly { key: string; value: string }[]): string {
  return entries
    .map(({ key, value }) => `${key}=${JSON.stringify(value)}`)
    .sort()
    .join(" ");
}

function wantedMatch(match: ProbeMatch): object {
  const several = (match.matched_datas?.length ?? 0) > 1;
  return {
    id: match.id,
    log: match.log,
    audit: match.audit,
    disruptive: match.disruptive,
    datas: (match.matched_datas ?? [])
      .map(({ variable, key, value, chain_level: level }) => `${level} ${variable}:${key}=${value}`)
      .sort(),
    error: several ? undefined : match.error_log,
  };
}

function gotMatch(match: MatchedRule): object {
  return {
    id: match.rule.id,
    log: match.log,
    audit: match.audit,
    disruptive: match.disruptive,
    datas: match.matches
      .map(({ variable, key, value, chainLevel }) => `${chainLevel} ${variable}:${unwire(key)}=${unwire(value)}`)
      .sort(),
    error: match.matches.length > 1 ? undefined : unwire(match.errorLog()),
  };
}
