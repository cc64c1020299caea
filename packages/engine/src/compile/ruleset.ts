import type { Gate, Prefilter } from "@cuirass/regex";
import type { ActionEvaluator } from "../action.ts";
import type { Macro } from "./macro.ts";
import type { RuleMetadata } from "../matched-rule.ts";
import type { OperatorMatcher } from "../operator.ts";
import type { PhasePlan } from "./phase-plan.ts";
import type { Phase, Side } from "../phase.ts";
import type { Selector, Collection } from "../variables/collections.ts";
import type { Severity } from "../severity.ts";
import type { TargetExclusion } from "../control.ts";
import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";
import type { CheapTest } from "./cheap-test.ts";
import type { SharedParts } from "./shared-parts.ts";
import type { TransformationNumbers } from "./pipelines.ts";
import type { View } from "./views.ts";
import type { Variables } from "../variables/variables.ts";
import type { WafSettings } from "../settings.ts";

/** A variable with an optional selector, minus the entries excluded from it. */
export interface CompiledTarget {
  /** Index in the variable table. */
  readonly variable: number;
  /** Name as match records report it. */
  readonly name: string;
  readonly of: (variables: Variables) => Collection;
  readonly selector: Selector | undefined;
  /** `&`: the number of entries instead of the entries. */
  readonly count: boolean;
  /** Number of the values in the WAF's views; -1 when they may change while a phase runs. */
  readonly view: number;
  /** Number of the TX variable that is meant, -1 for other targets. */
  readonly tx: number;
  /** Of this variable only; both `!X:key` of the rule and SecRuleUpdateTarget*. */
  readonly exclusions: readonly TargetExclusion[];
}

/**
 * A rule's transformations, ready to run. Rules with the same list share one object; lists with a common beginning share
 * its pipelines through `parent`, so the empty pipeline is the root of a tree.
 */
export interface Pipeline {
  readonly id: number;
  /** Pipeline without the last step; undefined for the empty one. */
  readonly parent: Pipeline | undefined;
  /** Number of the last step's transformation in the WAF, -1 for the empty pipeline. */
  readonly step: number;
  /** Bit of the last step in a haystack's `reactions`, and bits of all steps; 0 for the empty pipeline. */
  readonly bit: number;
  readonly bits: number;
  /** The last step; identity for the empty pipeline. */
  readonly apply: (value: ByteString) => ByteString;
  readonly names: readonly string[];
  readonly steps: readonly PipelineStep[];
  /** The last step changes the case of letters and nothing else. */
  readonly foldsCase: boolean;
  /** Of a last step that only removes bytes: those, by byte, and those that must not be there. */
  readonly erasing: { readonly bytes: Uint8Array; readonly unless: ByteString } | undefined;
}

/** One transformation of a pipeline. */
export interface PipelineStep {
  readonly definition: TransformationDefinition;
  readonly apply: (value: ByteString) => ByteString;
}

/** The disruptive action of a rule. */
export type Disruptive =
  | { readonly kind: "deny" | "drop" | "block" | "pass" }
  | { readonly kind: "redirect"; readonly target: Macro }
  | { readonly kind: "allow"; readonly scope: "all" | "phase" | "request" }
  | { readonly kind: "plugin"; readonly name: string };

/**
 * A rule, chained rule, SecAction or marker, ready to evaluate. Plain data of one shape; shared by all transactions
 * and never changed after construction.
 */
export interface CompiledRule {
  /** Position among the top-level rules of the WAF; children carry that of their starter. */
  readonly index: number;
  readonly kind: "rule" | "action" | "marker";
  readonly metadata: RuleMetadata;
  /** For children the id of the starter. */
  readonly id: number;
  readonly phase: Phase;
  /** 0 for the starter. */
  readonly chainLevel: number;
  /** The next rule of the chain. */
  readonly next: CompiledRule | undefined;
  readonly targets: readonly CompiledTarget[];
  /** Undefined for SecAction and markers. */
  readonly operator: CompiledOperator | undefined;
  readonly pipeline: Pipeline;
  /** What the prefilter is asked about instead: the pipeline as far as it is not about letters' case. */
  readonly gatePipeline: Pipeline;
  /** The same for each text that the operator is asked about: several of a rule with multi-match. */
  readonly gatePipelines: readonly Pipeline[];
  readonly multiMatch: boolean;
  readonly capture: boolean;
  readonly log: boolean;
  readonly audit: boolean;
  readonly message: Macro | undefined;
  readonly logData: Macro | undefined;
  /** Tags to expand when the rule is reported; undefined when none holds a macro. */
  readonly tagMacros: readonly Macro[] | undefined;
  /** Run after every matched value, in order. */
  readonly actions: readonly ActionEvaluator[];
  /** Flow and disruptive actions, run once after the whole chain, in written order (starter only). */
  readonly finalActions: readonly ActionEvaluator[];
  readonly disruptive: Disruptive | undefined;
  /** `status:` value, undefined when none is given. */
  readonly status: number | undefined;
  /** Label that a `skipAfter` names. */
  readonly skipAfter: string | undefined;
  /** A test that costs next to nothing and tells when the rule cannot match. */
  readonly cheapTest: CheapTest | undefined;
  /** Some operator, action or variable of the rule or its chain may have to wait for a port. */
  readonly mayWait: boolean;
}

/** Operator of a rule, with its negation. */
export interface CompiledOperator {
  readonly name: string;
  readonly negated: boolean;
  readonly argument: ByteString;
  readonly matcher: OperatorMatcher;
  /** Number under which a value's answer may be kept with it; -1 when the answer depends on more than the value. */
  readonly memo: number;
  /** What the rule set's prefilter must find in a value for it to match. */
  readonly gate: Gate;
}

/**
 * A rule while its actions are compiled: what actions write to. `status`, `tag` and the like set fields; defaults have
 * been merged in before.
 */
export interface RuleDraft {
  id: number;
  phase: Phase;
  readonly isChild: boolean;
  chain: boolean;
  message: Macro | undefined;
  logData: Macro | undefined;
  revision: ByteString;
  version: ByteString;
  severity: Severity | undefined;
  maturity: number;
  accuracy: number;
  readonly tags: ByteString[];
  capture: boolean;
  multiMatch: boolean;
  log: boolean;
  audit: boolean;
  status: number | undefined;
  disruptive: Disruptive | undefined;
  /** Names of `t:` actions in order; `none` empties it. Resolved by the compiler. */
  readonly transformations: string[];
  /** SecMarker label that `skipAfter` names, for the linter. */
  skipAfter: string | undefined;
  /** TX variables this rule writes, lower-case; undefined name parts (macros) are "*". For analysis. */
  readonly writes: string[];
}

/** All rules of a WAF, in order, with the indexes that evaluation and ctl need. */
export interface CompiledRuleset {
  readonly settings: Readonly<WafSettings>;
  /** Top-level rules and markers in configuration order. */
  readonly rules: readonly CompiledRule[];
  /** Rules of each phase (1-5), markers in every one; index 0 is unused. */
  readonly byPhase: readonly PhasePlan[];
  readonly pipelines: readonly Pipeline[];
  /** Numbers of the transformations, and what is derived from them: the same in WAFs that share parts. */
  readonly transformations: TransformationNumbers;
  /** What a WAF that shares with this one may use again. */
  readonly parts: SharedParts;
  /** What targets look at, by `CompiledTarget.view`. */
  readonly views: readonly View[];
  /** Request texts have many more literals to be looked for than responses, so each side has its own. */
  readonly prefilters: Readonly<Record<Side, Prefilter>>;
  /** Some target or macro reads RULE, so it must be filled before each rule. */
  readonly usesRuleVariable: boolean;
  /** Rules whose id lies in the range, inclusive. */
  withIdBetween(from: number, to: number): readonly CompiledRule[];
  /** Rules (starters) that carry the tag, compared exactly, or matched when given as `/regex/`. */
  withTag(tag: ByteString): readonly CompiledRule[];
  /** Rules (starters) whose unexpanded msg is this text, or matched when given as `/regex/`. */
  withMessage(message: ByteString): readonly CompiledRule[];
}
