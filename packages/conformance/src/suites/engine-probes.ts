import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { MatchedRule, Waf } from "@cuirass/engine";
import { createWaf, isWafError } from "@cuirass/engine";
import { createNodeHost } from "@cuirass/node";
import type { CaseResult, SuiteResult } from "../suite-result.ts";
import type { RecordedRequest, RecordedResponse } from "./recorded-exchange.ts";
import { judgeCases } from "../suite-result.ts";
import type { Difference } from "./probe-differences.ts";
import { ProbeDifferences } from "./probe-differences.ts";
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
    readonly variables_after?: Readonly<Record<string, readonly RecordedEntry[] | null>>;
  };
}

/** A value that is no valid UTF-8 is recorded in base64. */
interface RecordedEntry {
  readonly key: string;
  readonly value?: string;
  readonly value_b64?: string;
}

interface ProbeMatch {
  readonly id: number;
  readonly log: boolean;
  readonly audit: boolean;
  readonly disruptive: boolean;
  readonly message: string;
  readonly data: string;
  readonly error_log?: string;
  readonly matched_datas?: readonly (RecordedEntry & { variable: string; chain_level: number })[];
}

/** Variables that depend on the clock or on temporary files. */
const UNSTABLE = new Set([
  "DURATION",
  "FILES_TMPNAMES",
  "TIME",
  "TIME_DAY",
  "TIME_EPOCH",
  "TIME_HOUR",
  "TIME_MIN",
  "TIME_MON",
  "TIME_SEC",
  "TIME_WDAY",
  "TIME_YEAR",
]);

/** Answers recorded from the running Go engine: configuration, matches, interruption, variables at the end. */
export function runEngineProbes(shared: string): SuiteResult {
  const started = performance.now();
  const probes = JSON.parse(
    readFileSync(join(shared, "vectors/oracle/engine-probes.json"), "utf8"),
  ) as readonly Probe[];
  const known = ProbeDifferences.read();
  const seen = new Map<string, number>();
  const cases = probes.map((probe): CaseResult => {
    const count = (seen.get(probe.name) ?? 0) + 1;
    seen.set(probe.name, count);
    const id = count === 1 ? probe.name : `${probe.name} #${count}`;
    return known.judge(id, runProbe(probe));
  });
  return judgeCases("oracle-engine", 1, cases, known.reasons(), (performance.now() - started) / 1000);
}

function runProbe(probe: Probe): readonly Difference[] {
  const configuration = (want: string, got: string): Difference[] => [{ part: "configuration", want, got }];
  const recorded = typeof probe.config_error === "string" ? probe.config_error : "accepted";
  let waf: Waf;
  try {
    waf = load(probe);
  } catch (error) {
    if (!isWafError(error)) return configuration(recorded, `threw ${(error as Error).stack}`);
    if (recorded !== "accepted" || typeof probe.panic === "string") return [];
    return configuration(recorded, `refused: ${error.message.split("\n").slice(0, 6).join(" / ")}`);
  }
  if (recorded !== "accepted") return configuration(recorded, "accepted");
  if (probe.panic !== undefined && probe.panic !== null) return configuration("crash", "runs");
  if (probe.request === undefined || probe.result === undefined) return [];
  const tx = waf.newTransaction({ id: "TXID" });
  try {
    replay(tx, probe.request, probe.response, rawUri(probe));
    return compare(probe, tx);
  } catch (error) {
    return configuration("no exception", `threw ${(error as Error).stack}`);
  } finally {
    tx.close();
  }
}

/** A target that is no valid UTF-8 is lost in the recorded request, but not in the recorded variable. */
function rawUri(probe: Probe): string | undefined {
  const raw = probe.result?.variables_after?.["REQUEST_URI_RAW"]?.[0]?.value_b64;
  return raw === undefined ? undefined : Buffer.from(raw, "base64").toString("latin1");
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
function compare(probe: Probe, tx: ReturnType<Waf["newTransaction"]>): readonly Difference[] {
  const { result } = probe;
  const differences: Difference[] = [];
  const differ = (part: string, want: string, got: string): void => {
    if (want !== got) differences.push({ part, want, got });
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
    JSON.stringify(tx.matchedRules.map((match, index) => gotMatch(match, result?.matched_rules?.[index]))),
  );
  for (const [name, entries] of Object.entries(result?.variables_after ?? {})) {
    if (UNSTABLE.has(name)) continue;
    const got = [...(tx.collection(name)?.data() ?? [])].flatMap(([key, values]) =>
      values.map((value) => ({ key, value })),
    );
    const wanted = (entries ?? []).map((entry) => ({ key: wire(entry.key), value: recordedBytes(entry) }));
    differ(name, show(name, wanted), show(name, got));
  }
  return differences;
}

function recordedBytes(entry: RecordedEntry): string {
  if (entry.value_b64 !== undefined) return Buffer.from(entry.value_b64, "base64").toString("latin1");
  return wire(entry.value ?? "");
}

/** Order of entries inside a variable is random in the recordings, and empty capture slots were not recorded. */
function show(variable: string, entries: readonly { key: string; value: string }[]): string {
  return entries
    .filter(({ key, value }) => variable !== "TX" || value !== "" || !/^(?:\d|10)$/.test(key))
    .map(({ key, value }) => `${key}=${JSON.stringify(value)}`)
    .sort()
    .join(" ");
}

function wantedMatch(match: ProbeMatch): object {
  return {
    id: match.id,
    log: match.log,
    audit: match.audit,
    disruptive: match.disruptive,
    datas: (match.matched_datas ?? [])
      .map((data) => `${data.chain_level} ${data.variable}:${wire(data.key)}=${recordedBytes(data)}`)
      .sort(),
    error: isErrorLogStable(match) ? match.error_log : undefined,
  };
}

/** Lines are recorded for some rules only; with several matches their order is random in the recordings. */
function isErrorLogStable(match: ProbeMatch | undefined): boolean {
  return match?.error_log !== undefined && (match.matched_datas?.length ?? 0) <= 1;
}

function gotMatch(match: MatchedRule, wanted: ProbeMatch | undefined): object {
  return {
    id: match.rule.id,
    log: match.log,
    audit: match.audit,
    disruptive: match.disruptive,
    datas: match.matches
      .map(({ variable, key, value, chainLevel }) => `${chainLevel} ${variable}:${key}=${value}`)
      .sort(),
    error: isErrorLogStable(wanted) ? unwire(match.errorLog()) : undefined,
  };
}
