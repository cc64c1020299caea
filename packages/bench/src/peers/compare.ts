import type { Waf } from "@cuirass/engine";
import type { Level } from "../configuration.ts";
import { configurationSources, createBenchWaf, levels } from "../configuration.ts";
import type { RecordedExchange } from "../exchange.ts";
import { recordExchange } from "../exchange.ts";
import { runRound } from "../sampling.ts";
import type { WorkloadPlan } from "../groups/workload-group.ts";
import { expectedVerdict, FIRST_SEED } from "../verdicts.ts";
import type { TrafficClass } from "../workload.ts";
import { selectTransactions } from "../workload.ts";
import type { LibModSecurity } from "./libmodsecurity.ts";
import type { PeerRow, RatioRow } from "./peer-report.ts";
import { ratiosOf } from "./peer-report.ts";
import { RoundTimes } from "./round-times.ts";

/**
 * What two engines are compared with. Of the rounds before the counted ones the engine needs those that show the compiler its
 * code, the peer one.
 */
export type ComparisonPlan = Omit<WorkloadPlan, "levels">;

/** Rows of both engines and what they say of each other. */
export interface Comparison {
  readonly rows: readonly PeerRow[];
  readonly peerRows: readonly PeerRow[];
  readonly ratios: readonly RatioRow[];
  /** Wrong verdicts of the peer. */
  readonly peerFaults: readonly string[];
  /** Transactions of which the two engines logged different rules, `level name`. */
  readonly differentIds: readonly string[];
}

const classes: readonly TrafficClass[] = ["benign", "attack"];
const PEER_WARM_UP = 1;

/** Runs both engines on every level: rounds in turn, first ours, then the peer's, on the same exchanges. */
export async function compareWith(peer: LibModSecurity, plan: ComparisonPlan): Promise<Comparison> {
  const rows: PeerRow[] = [];
  const peerRows: PeerRow[] = [];
  const peerFaults = new Set<string>();
  const differentIds = new Set<string>();
  for (const level of levels) {
    await peer.load(level);
    for (const unique of plan.generate === undefined ? [false] : [false, true]) {
      const waf = createBenchWaf(configurationSources(plan.crs, level));
      const own = new RoundTimes();
      const others = new RoundTimes();
      for (let round = -plan.warmUpRounds; round < plan.rounds; round++) {
        const values = unique ? "unique" : "repeated";
        plan.progress.show(`level ${level}, ${values} values, round ${Math.max(0, round + 1)} of ${plan.rounds}`);
        const seed = unique ? FIRST_SEED + plan.warmUpRounds + round : undefined;
        const exchanges = exchangesOf(plan, seed);
        const ids = runOwn(plan, level, seed, waf, exchanges, round >= 0 ? own : undefined);
        if (round < -PEER_WARM_UP) continue;
        await peer.prepare(exchanges);
        const samples = await peer.run();
        for (const [at, { us, blocked, ids: peerIds }] of samples.entries()) {
          const exchange = exchanges[at]!;
          if (round >= 0) others.add(exchange, us, blocked);
          if (level === 1 && blocked !== (exchange.class === "attack")) {
            peerFaults.add(`level 1, ${exchange.name}: ${blocked ? "blocked" : "passed"} ${peerIds.join(",")}`);
          }
          if (!unique && peerIds.join(",") !== ids[at]) differentIds.add(`${level} ${exchange.name}`);
        }
        own.endRound();
        others.endRound();
      }
      for (const kind of classes) {
        rows.push({ level, class: kind, unique, ...own.summary(kind) });
        peerRows.push({ level, class: kind, unique, ...others.summary(kind) });
      }
    }
  }
  return {
    rows,
    peerRows,
    ratios: ratiosOf(rows, peerRows),
    peerFaults: [...peerFaults],
    differentIds: [...differentIds],
  };
}

function exchangesOf(plan: ComparisonPlan, seed: number | undefined): RecordedExchange[] {
  const transactions =
    seed === undefined ? plan.transactions : selectTransactions(plan.generate?.(seed) ?? [], plan.filter);
  return transactions.map(recordExchange);
}

/** One round of ours; the ids of logged rules by position. */
function runOwn(
  plan: ComparisonPlan,
  level: Level,
  seed: number | undefined,
  waf: Waf,
  exchanges: readonly RecordedExchange[],
  times: RoundTimes | undefined,
): string[] {
  const ids: string[] = [];
  runRound(waf, exchanges, (exchange, us, verdict) => {
    plan.check.check(level, exchange, verdict, expectedVerdict(plan.expected, level, exchange.name, seed));
    times?.add(exchange, us, verdict.blocked);
    ids.push(verdict.ids.join(","));
  });
  return ids;
}
