import type { ByteString } from "./text/bytes.ts";
import type { Phase } from "./phase.ts";
import type { Severity } from "./severity.ts";

/** What a rule says about itself (spec: api, 5). */
export interface RuleMetadata {
  readonly id: number;
  readonly file: string;
  /** Last physical line of the directive, as Coraza reports it. */
  readonly line: number;
  readonly phase: Phase;
  readonly revision: ByteString;
  readonly version: ByteString;
  readonly severity: Severity | undefined;
  readonly maturity: number;
  readonly accuracy: number;
  readonly tags: readonly ByteString[];
  /** Operator name with a leading `!` when negated; "" for SecAction and markers. */
  readonly operator: string;
  /** Directive text, those of chained rules appended. */
  readonly raw: ByteString;
  /** Label of a SecMarker, "" otherwise. */
  readonly marker: string;
}

/** One matched value of a rule or of a chained rule. */
export interface MatchData {
  /** SecLang name of the target's variable. */
  readonly variable: string;
  /** Key as received; "" for single values. */
  readonly key: ByteString;
  /** The text the operator saw, after transformations. */
  readonly value: ByteString;
  /** The text before transformations. */
  readonly original: ByteString;
  /** Names of the transformations applied, in order. */
  readonly transformations: readonly string[];
  /** `rx`, `pm`, ...; "" for SecAction. */
  readonly operator: string;
  /** Byte offsets of the match in `value`, when the operator can tell. */
  readonly span: readonly [start: number, end: number] | undefined;
  /** Expanded msg and logdata of this entry. */
  message: ByteString;
  data: ByteString;
  /** 0 for the chain starter, 1 for its first child, and so on. */
  readonly chainLevel: number;
}

/** The change of one TX variable by a rule, for explanations of scores. */
export interface ScoreChange {
  readonly name: ByteString;
  readonly before: ByteString | undefined;
  readonly after: ByteString | undefined;
}

/** A rule that matched in a transaction. */
export interface MatchedRule {
  readonly rule: RuleMetadata;
  /** First non-empty message among the entries. */
  readonly message: ByteString;
  /** logdata of the first entry. */
  readonly data: ByteString;
  readonly uri: ByteString;
  readonly transactionId: string;
  readonly serverAddress: string;
  readonly clientAddress: string;
  /** True when the engine was On and the rule has a disruptive action (also `pass` and `allow`). */
  readonly disruptive: boolean;
  /** Name of that action, "" when none; also recorded in DetectionOnly. */
  readonly disruptiveAction: string;
  /** The rule wants a line in the error log. */
  readonly log: boolean;
  /** The rule wants an audit entry. */
  readonly audit: boolean;
  readonly matches: readonly MatchData[];
  /** TX changes made while the rule was evaluated. */
  readonly scores: readonly ScoreChange[];
  /** The same as logs may show it: without values that are to be masked. Itself when there are none. */
  masked(): MatchedRule;
  /** The line for the error log (spec: auditlog, 8). */
  errorLog(): ByteString;
  /** The longer text form, an entry per match. */
  auditLog(): ByteString;
}
