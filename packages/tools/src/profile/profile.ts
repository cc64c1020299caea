import { openRuleSet } from "../rule-set-spec.ts";
import type { RuleSetSpec } from "../rule-set-spec.ts";
import { runExchange } from "../run-exchange.ts";
import type { RecordedExchange } from "../traffic/recorded-exchange.ts";

/** What a rule cost. Times are milliseconds for one pass over the traffic. */
export interface RuleCost {
  readonly id: number;
  readonly file: string;
  readonly line: number;
  readonly message: string;
  /** Times it was evaluated in all rounds; it is passed over where the prefilter rules a match out. */
  readonly evaluated: number;
  readonly matched: number;
  readonly ms: number;
  /** Of the time of all rules. */
  readonly share: number;
  /** The longest evaluation and what it was on. */
  readonly worstMs: number;
  readonly worstOn: string;
}

/** What recorded traffic costs. */
export interface Profile {
  readonly exchanges: number;
  readonly rounds: number;
  /** Everything: variables, bodies, prefilter, rules. */
  readonly totalMs: number;
  /** Rules that were evaluated. */
  readonly rulesMs: number;
  /** Most expensive first. */
  readonly rules: readonly RuleCost[];
  /** Slowest exchanges first, milliseconds of their fastest round. */
  readonly slowest: readonly { readonly name: string; readonly request: string; readonly ms: number }[];
}

/** How traffic is measured. */
export interface ProfileOptions {
  readonly ruleSet: RuleSetSpec;
  /** Measured passes over the traffic, after one that warms up. */
  readonly rounds: number;
  readonly onProgress?: (share: number, count: number) => void;
}

interface Account {
  evaluated: number;
  matched: number;
  /** By position of the exchange: the fastest round, NaN where the rule was not evaluated. */
  readonly best: Float64Array;
}

/**
 * Measures which rules cost how much on recorded traffic. Of all rounds the fastest counts, rule by rule and exchange by
 * exchange: what another process took away is not the rule's. The clock is read around each rule, so sums are a little high.
 */
export async function profile(traffic: readonly RecordedExchange[], options: ProfileOptions): Promise<Profile> {
  const accounts = new Map<number, Account>();
  let current = 0;
  let measuring = false;
  const accountOf = (id: number): Account => {
    let account = accounts.get(id);
    if (account === undefined) {
      account = { evaluated: 0, matched: 0, best: new Float64Array(traffic.length).fill(NaN) };
      accounts.set(id, account);
    }
    return account;
  };
  const waf = openRuleSet(options.ruleSet, {
    onRuleTime: (id, ms) => {
      if (!measuring) return;
      const account = accountOf(id);
      account.evaluated++;
      const known = account.best[current]!;
      account.best[current] = Number.isNaN(known) ? ms : Math.min(known, ms);
    },
  });
  const fastest = new Float64Array(traffic.length).fill(Infinity);
  let count = 0;
  for (let round = 0; round <= options.rounds; round++) {
    measuring = round > 0;
    for (const [at, exchange] of traffic.entries()) {
      current = at;
      const start = performance.now();
      const tx = await runExchange(waf, exchange);
      const ms = performance.now() - start;
      options.onProgress?.(++count / (traffic.length * (options.rounds + 1)), count);
      if (!measuring) continue;
      fastest[at] = Math.min(ms, fastest[at]!);
      for (const { rule } of tx.matchedRules) accountOf(rule.id).matched++;
    }
  }
  const places = new Map(waf.context.ruleset.rules.map((rule) => [rule.id, rule]));
  const costs = [...accounts].map(([id, { best, ...counts }]) => {
    const rule = places.get(id);
    const place = {
      id,
      file: rule?.metadata.file ?? "",
      line: rule?.metadata.line ?? 0,
      message: rule?.message?.text ?? "",
    };
    let [ms, worstMs, worstAt] = [0, 0, 0];
    for (const [at, time] of best.entries()) {
      if (Number.isNaN(time)) continue;
      ms += time;
      if (time > worstMs) [worstMs, worstAt] = [time, at];
    }
    return { ...place, ...counts, ms, worstMs, worstOn: traffic[worstAt]?.name ?? "" };
  });
  const rulesMs = costs.reduce((sum, { ms }) => sum + ms, 0);
  const slowest = traffic.map(({ name, method, uri }, at) => ({
    name,
    request: `${method} ${uri.slice(0, 120)}`,
    ms: fastest[at]!,
  }));
  return {
    exchanges: traffic.length,
    rounds: options.rounds,
    totalMs: fastest.reduce((sum, ms) => sum + ms, 0),
    rulesMs,
    rules: costs
      .map((cost) => ({ ...cost, share: rulesMs === 0 ? 0 : cost.ms / rulesMs }))
      .toSorted((a, b) => b.ms - a.ms),
    slowest: slowest.toSorted((a, b) => b.ms - a.ms).slice(0, 20),
  };
}
