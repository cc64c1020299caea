import type { ActionNode, SecActionNode, SecRuleNode, Span, TargetNode } from "@cuirass/seclang";
import type { ByteString } from "../text/bytes.ts";
import type { Phase } from "../phase.ts";

/** Default actions of a phase as they stood when a rule was read. */
export interface DefaultActions {
  readonly phase: Phase;
  /** What a rule always takes over, and what it takes over when it has no disruptive action of its own. */
  readonly inherited: readonly ActionNode[];
  readonly disruptive: readonly ActionNode[];
}

/** What the directives before a rule decided about it. */
export interface RulePosition {
  /** By phase. */
  readonly defaults: readonly (DefaultActions | undefined)[];
  readonly datasets: ReadonlyMap<string, readonly ByteString[]>;
  readonly ignoreErrors: boolean;
}

/** What exclusions look for, read off a rule's own action list before anything is compiled. */
export interface RuleHead {
  readonly id: number;
  readonly phase: Phase | undefined;
  readonly tags: readonly ByteString[];
  readonly message: ByteString | undefined;
}

/**
 * A rule between text and compilation. Exclusions and updates change its nodes; only then is it compiled, so that they
 * reach rules that follow them as well (gaps A13, B).
 */
export interface PendingRule {
  readonly kind: "rule" | "action" | "marker";
  readonly node: SecRuleNode | SecActionNode | undefined;
  readonly span: Span;
  readonly head: RuleHead;
  readonly position: RulePosition;
  readonly marker: ByteString;
  /** Last physical line of its directive. */
  readonly lastLine: number;
  targets: TargetNode[];
  /** `!X` of SecRuleUpdateTarget*: applied to every target of that variable, wherever it stands. */
  readonly exclusions: TargetNode[];
  actions: ActionNode[];
  removed: boolean;
  /** Chained rules, in order; only on starters. */
  readonly children: PendingRule[];
}
