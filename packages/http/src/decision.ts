import type { Interruption, MatchedRule, Transaction } from "@cuirass/engine";

/** A rule that matched, as plain data. Texts are byte strings. Rules that only keep books (`nolog`) are not listed. */
export interface MatchedRuleSummary {
  readonly id: number;
  readonly message: string;
  readonly data: string;
  readonly severity: number | undefined;
  readonly tags: readonly string[];
  readonly phase: number;
  /** The line for an error log. */
  readonly logLine: string;
}

/** What has been decided about an exchange so far; complete once the response is over. */
export interface HttpDecision {
  readonly id: string;
  readonly verdict: "passed" | "blocked" | "would block";
  /** What the rules, a limit or a fault asked for; in detect mode what they would have. */
  readonly interruption: Interruption | undefined;
  readonly matchedRules: readonly MatchedRuleSummary[];
  /** Anomaly scores and whatever else TX variables named `*score*` hold. */
  readonly scores: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
}

const none: readonly string[] = [];

/** A decision read from running transactions when it is asked for. */
export class LiveDecision implements HttpDecision {
  readonly id: string;
  /** The exchange, and the request as the framework read it when the two differed. */
  readonly #transactions: Transaction[];

  constructor(tx: Transaction) {
    this.id = tx.id;
    this.#transactions = [tx];
  }

  add(tx: Transaction): void {
    this.#transactions.push(tx);
  }

  get verdict(): HttpDecision["verdict"] {
    if (this.#transactions.some((tx) => tx.interruption !== undefined)) return "blocked";
    return this.interruption === undefined ? "passed" : "would block";
  }

  get interruption(): Interruption | undefined {
    for (const tx of this.#transactions) if (tx.interruption !== undefined) return tx.interruption;
    for (const tx of this.#transactions) {
      if (tx.detectionOnlyInterruption !== undefined) return tx.detectionOnlyInterruption;
    }
    return undefined;
  }

  get matchedRules(): MatchedRuleSummary[] {
    return this.#transactions.flatMap((tx) => tx.matchedRules.filter((matched) => matched.log).map(summarise));
  }

  get scores(): Record<string, number> {
    const scores: Record<string, number> = {};
    for (const tx of this.#transactions) {
      for (const { lowerKey, value } of tx.variables.tx.entries) {
        if (!lowerKey.includes("score") || lowerKey.includes("threshold")) continue;
        const score = Number(value);
        if (value !== "" && Number.isFinite(score)) scores[lowerKey] = Math.max(score, scores[lowerKey] ?? score);
      }
    }
    return scores;
  }

  get faults(): readonly string[] {
    if (this.#transactions.every((tx) => tx.faults.length === 0)) return none;
    return this.#transactions.flatMap((tx) => tx.faults.map(({ kind, message }) => `${kind}: ${message}`));
  }

  /** As JSON.stringify and other threads see it. */
  toJSON(): HttpDecision {
    const { id, verdict, interruption, matchedRules, scores, faults } = this;
    return { id, verdict, interruption, matchedRules, scores, faults };
  }
}

/** As applications may log it: without values that are to be masked. */
function summarise(match: MatchedRule): MatchedRuleSummary {
  const matched = match.masked();
  const { rule } = matched;
  return {
    id: rule.id,
    message: matched.message,
    data: matched.data,
    severity: rule.severity,
    tags: rule.tags,
    phase: rule.phase,
    logLine: matched.errorLog(),
  };
}
