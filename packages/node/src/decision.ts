import type { Interruption, MatchedRule, Transaction, TraceStep } from "@cuirass/engine";

/** What was decided about one exchange and why, as plain data that prints as JSON. Texts are byte strings shown as latin1. */
export interface Decision {
  readonly id: string;
  readonly time: string;
  readonly client: string;
  readonly requestLine: string;
  readonly host: string;
  readonly status: number;
  readonly verdict: "blocked" | "would block" | "passed";
  readonly interruption: Interruption | undefined;
  readonly rules: readonly DecisionRule[];
  /** TX scores at the end, by name. */
  readonly scores: Readonly<Record<string, string>>;
  readonly faults: readonly string[];
  /** Rules tried and passed over, when tracing was on. */
  readonly trace: readonly TraceStep[] | undefined;
}

/** A matched rule in a decision. */
export interface DecisionRule {
  readonly id: number;
  readonly phase: number;
  readonly file: string;
  readonly line: number;
  readonly message: string;
  readonly severity: number | undefined;
  readonly tags: readonly string[];
  readonly logged: boolean;
  readonly action: string;
  readonly matches: readonly DecisionMatch[];
  readonly scores: readonly { readonly name: string; readonly before: string; readonly after: string }[];
}

/** One matched value: where it came from, what it became, which bytes matched. */
export interface DecisionMatch {
  readonly variable: string;
  readonly operator: string;
  readonly original: string;
  readonly transformations: readonly string[];
  readonly value: string;
  readonly span: readonly [number, number] | undefined;
  readonly chainLevel: number;
}

const VALUE_LIMIT = 512;

/** What became of an exchange, in a word; it "would block" where only DetectionOnly let it pass. */
export function nameVerdict(tx: Transaction): Decision["verdict"] {
  if (tx.interruption !== undefined) return "blocked";
  return tx.detectionOnlyInterruption === undefined ? "passed" : "would block";
}

/** Reads a finished transaction. */
export function describeDecision(tx: Transaction, status: number): Decision {
  const masking = tx.masking();
  const interruption = tx.interruption ?? tx.detectionOnlyInterruption;
  return {
    id: tx.id,
    time: new Date(tx.startMs).toISOString(),
    client: tx.variables.remoteAddr.value,
    requestLine: masking.form(tx.variables.requestLine.value).slice(0, VALUE_LIMIT),
    host: tx.variables.requestHeaders.first("host") ?? "",
    status,
    verdict: nameVerdict(tx),
    interruption,
    rules: tx.matchedRules.map((matched) => describeRule(matched.masked())),
    scores: Object.fromEntries(
      tx.variables.tx.entries.filter(({ key }) => /score|threshold/i.test(key)).map(({ key, value }) => [key, value]),
    ),
    faults: tx.faults.map(({ kind, message }) => `${kind}: ${message}`),
    trace: tx.trace?.steps,
  };
}

function describeRule(matched: MatchedRule): DecisionRule {
  const { rule } = matched;
  return {
    id: rule.id,
    phase: rule.phase,
    file: rule.file,
    line: rule.line,
    message: matched.message,
    severity: rule.severity,
    tags: rule.tags,
    logged: matched.log,
    action: matched.disruptiveAction,
    matches: matched.matches.map((match) => ({
      variable: match.key === "" ? match.variable : `${match.variable}:${match.key}`,
      operator: match.operator,
      original: match.original.slice(0, VALUE_LIMIT),
      transformations: match.transformations,
      value: match.value.slice(0, VALUE_LIMIT),
      span: match.span,
      chainLevel: match.chainLevel,
    })),
    scores: matched.scores.map(({ name, before, after }) => ({ name, before: before ?? "", after: after ?? "" })),
  };
}
