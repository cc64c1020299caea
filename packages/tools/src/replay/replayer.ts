import type { Waf } from "@cuirass/engine";
import type { RuleSetSpec } from "../rule-set-spec.ts";
import { openRuleSet } from "../rule-set-spec.ts";
import { runExchange } from "../run-exchange.ts";
import type { TrafficBatch } from "../traffic/open-traffic.ts";
import { exchangesOf } from "../traffic/open-traffic.ts";
import type { RecordedExchange } from "../traffic/recorded-exchange.ts";
import { TrafficError } from "../traffic/recorded-exchange.ts";
import type { Verdict } from "../verdict.ts";
import { verdictOf } from "../verdict.ts";
import type { ReplayReport } from "./replay-report.ts";
import { compareVerdicts, countVerdict, emptyReport } from "./replay-report.ts";

/** The rule sets of a replay. Plain data. */
export interface ReplaySetup {
  readonly current: RuleSetSpec;
  readonly changed?: RuleSetSpec;
}

/** Judges batches of traffic by one or two rule sets. One for each thread. */
export class Replayer {
  readonly #current: Waf;
  readonly #changed: Waf | undefined;

  /** @throws WafConfigError when a rule set has errors. */
  constructor(setup: ReplaySetup) {
    this.#current = openRuleSet(setup.current);
    this.#changed = setup.changed === undefined ? undefined : openRuleSet(setup.changed);
  }

  async judge(batch: TrafficBatch): Promise<ReplayReport> {
    const report = emptyReport();
    let exchanges: readonly RecordedExchange[];
    try {
      exchanges = exchangesOf(batch);
    } catch (error) {
      if (!(error instanceof TrafficError)) throw error;
      exchanges = this.#readable(batch, report);
    }
    for (const exchange of exchanges) await this.#judgeOne(exchange, report);
    return report;
  }

  async #judgeOne(exchange: RecordedExchange, report: ReplayReport): Promise<void> {
    report.exchanges++;
    const current = verdictOf(await runExchange(this.#current, exchange));
    countVerdict(report.current, current);
    const { name, recorded } = exchange;
    const request = `${exchange.method} ${exchange.uri.slice(0, 200)}`;
    if (this.#changed !== undefined) {
      const changed = verdictOf(await runExchange(this.#changed, exchange));
      report.compared = "changed";
      countVerdict(report.changed, changed);
      compareVerdicts(report, { name, request, before: current, after: changed });
    } else if (recorded !== undefined) {
      report.compared = "recorded";
      compareVerdicts(report, { name, request, before: recordedVerdict(recorded, current), after: current });
    }
  }

  /** Record by record, so that a broken one costs no more than itself. */
  #readable(batch: TrafficBatch, report: ReplayReport): RecordedExchange[] {
    if (batch.kind === "exchanges") return [...batch.exchanges];
    return batch.ends.flatMap((end, at) => {
      const bytes = batch.bytes.subarray(at === 0 ? 0 : batch.ends[at - 1]!, end);
      try {
        return exchangesOf({ ...batch, bytes, ends: [bytes.length], from: batch.from + at });
      } catch (error) {
        if (!(error instanceof TrafficError)) throw error;
        report.unreadableCount++;
        report.unreadable.push(error.message);
        return [];
      }
    });
  }
}

/** Audit logs name the rules that were audited, not those that logged: without ids of their own, only verdicts count. */
function recordedVerdict({ blocked, ids }: NonNullable<RecordedExchange["recorded"]>, now: Verdict): Verdict {
  return {
    action: blocked ? "blocked" : "passed",
    status: 0,
    ruleId: 0,
    ids: ids.length === 0 ? now.ids : ids,
    score: 0,
  };
}
