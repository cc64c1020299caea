import type { Decision } from "@cuirass/node";

/** Why an exchange got its verdict, as plain data that prints as JSON. Texts are byte strings shown as latin1. */
export interface Explanation {
  readonly name: string;
  readonly request: {
    readonly method: string;
    readonly uri: string;
    readonly protocol: string;
    readonly headers: number;
    readonly bodyBytes: number;
  };
  readonly verdict: Decision["verdict"];
  readonly interruption: { readonly action: string; readonly status: number; readonly ruleId: number } | undefined;
  /** In order of evaluation. */
  readonly rules: readonly ExplainedRule[];
  readonly scores: readonly ExplainedScore[];
  /** Thresholds that the rules set, by name. */
  readonly thresholds: Readonly<Record<string, string>>;
  readonly passedOver: readonly PassedOver[];
  readonly faults: readonly string[];
  /** Rules that were tried and did not match. */
  readonly tried: number;
}

/** A rule that matched. */
export interface ExplainedRule {
  readonly id: number;
  readonly phase: number;
  readonly file: string;
  readonly line: number;
  readonly message: string;
  readonly severity: string;
  readonly tags: readonly string[];
  readonly logged: boolean;
  readonly action: string;
  readonly matches: readonly ExplainedMatch[];
  readonly changes: readonly { readonly name: string; readonly before: string; readonly after: string }[];
}

/** A value that matched: where it came from and what became of it on the way to the operator. */
export interface ExplainedMatch {
  readonly chainLevel: number;
  readonly variable: string;
  readonly operator: string;
  readonly argument: string;
  readonly received: string;
  /** Transformations that changed the value, each with its result. */
  readonly steps: readonly { readonly transformation: string; readonly value: string }[];
  /** Names of those that changed nothing. */
  readonly unchanged: readonly string[];
  /** As the operator saw it. */
  readonly value: string;
  /** Offsets of the match in `value`, in bytes. */
  readonly span: readonly [start: number, end: number] | undefined;
}

/** How a score came about. */
export interface ExplainedScore {
  readonly name: string;
  readonly total: number;
  readonly parts: readonly { readonly ruleId: number; readonly points: number }[];
}

/** Rules that were not tried, or not to their end, for one reason. */
export interface PassedOver {
  readonly phase: number;
  readonly outcome: string;
  readonly detail: string;
  readonly ids: readonly number[];
}
