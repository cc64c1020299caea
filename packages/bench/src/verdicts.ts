import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Transaction } from "@cuirass/engine";
import type { Level } from "./configuration.ts";
import { packageFolder } from "./configuration.ts";
import type { RecordedExchange } from "./exchange.ts";
import type { TrafficClass } from "./workload.ts";

/** What an engine said about a transaction. */
export interface Verdict {
  readonly blocked: boolean;
  /** Sum of the anomaly scores, inbound and outbound. */
  readonly score: number;
  /** Ids of the rules that logged, ascending; as often as they logged. */
  readonly ids: readonly number[];
}

/**
 * Expected verdicts by level and name, as `formatVerdict` writes them. A variant whose verdict differs from that of the
 * workload file has an entry of its own, `<name> <seed>`.
 */
export type ExpectedVerdicts = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** First seed of the unique variants. Fixed, so that two runs see the same traffic. */
export const FIRST_SEED: number = 1000;
/** Seeds that verdicts are recorded for; no run takes more rounds. */
export const RECORDED_SEEDS: number = 60;

const FILE = join(packageFolder, "verdicts.json");
const SCORES = ["blocking_inbound_anomaly_score", "blocking_outbound_anomaly_score"];

/** The verdict of a transaction that is over. */
export function verdictOf(tx: Transaction): Verdict {
  const variables = tx.collection("TX");
  const ids: number[] = [];
  for (const matched of tx.matchedRules) if (matched.log) ids.push(matched.rule.id);
  let score = 0;
  for (const name of SCORES) score += Number(variables?.first(name) ?? 0);
  return { blocked: tx.interruption !== undefined, score, ids: ids.sort((a, b) => a - b) };
}

/** Verdict and ids on one line: what is compared and kept. */
export function formatVerdict({ blocked, ids }: Verdict): string {
  return `${blocked ? "blocked" : "passed"} ${ids.join(",")}`.trimEnd();
}

/** The recorded verdicts on the workload of the development data. */
export function readExpectedVerdicts(file: string = FILE): ExpectedVerdicts {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as ExpectedVerdicts) : {};
}

/** The expected verdict of a transaction of the workload file, or of its variant; undefined when none is recorded. */
export function expectedVerdict(
  expected: ExpectedVerdicts,
  level: Level,
  name: string,
  seed?: number,
): string | undefined {
  const byName = expected[level];
  return (seed === undefined ? undefined : byName?.[`${name} ${seed}`]) ?? byName?.[name];
}

/** Replaces the recorded verdicts. */
export function writeExpectedVerdicts(verdicts: ExpectedVerdicts, file: string = FILE): void {
  writeFileSync(file, `${JSON.stringify(verdicts, undefined, 2)}\n`);
}

/** Why a verdict is wrong, or undefined. What the class promises holds at level 1; the rest must be as recorded. */
export function findVerdictFault(
  level: Level,
  exchange: Pick<RecordedExchange, "name" | "class">,
  verdict: Verdict,
  expected: string | undefined,
): string | undefined {
  const got = formatVerdict(verdict);
  const where = `level ${level}, ${exchange.name}`;
  const fault = level === 1 ? classFault(exchange.class, verdict) : undefined;
  if (fault !== undefined) return `${where}: ${fault} (${got})`;
  if (expected !== undefined && expected !== got) return `${where}: expected "${expected}", got "${got}"`;
  return undefined;
}

function classFault(kind: TrafficClass, { blocked, score }: Verdict): string | undefined {
  if (kind === "attack") return blocked ? undefined : "an attack passed";
  if (blocked) return "benign traffic was blocked";
  return score === 0 ? undefined : `benign traffic scored ${score}`;
}
