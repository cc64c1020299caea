import type { Source, Span } from "./source.ts";

/** A parsed file or text. */
export interface Document {
  readonly kind: "document";
  readonly source: Source;
  readonly directives: readonly DirectiveNode[];
}

/** Any directive. */
export type DirectiveNode =
  | SecRuleNode
  | SecActionNode
  | UpdateTargetNode
  | UpdateActionNode
  | RemoveNode
  | MarkerNode
  | DatasetNode
  | IncludeNode
  | SettingNode;

/** `SecRule TARGETS "OPERATOR" "ACTIONS"`. */
export interface SecRuleNode {
  readonly kind: "rule";
  readonly name: "SecRule";
  readonly targets: readonly TargetNode[];
  readonly operator: OperatorNode;
  readonly actions: readonly ActionNode[];
  /** Directive text with continuations joined. */
  readonly raw: string;
  /** Last physical line of the directive. */
  readonly lastLine: number;
  readonly span: Span;
}

/** `SecAction "ACTIONS"` and `SecDefaultAction "ACTIONS"`. */
export interface SecActionNode {
  readonly kind: "action";
  readonly name: "SecAction" | "SecDefaultAction";
  readonly actions: readonly ActionNode[];
  readonly raw: string;
  readonly lastLine: number;
  readonly span: Span;
}

/** `[!][&]NAME[:KEY]`. */
export interface TargetNode {
  readonly kind: "target";
  /** `!`: an exclusion. */
  readonly negated: boolean;
  readonly count: boolean;
  /** As written. */
  readonly variable: string;
  readonly variableSpan: Span;
  readonly selector?: TargetSelectorNode;
  readonly span: Span;
}

/** What follows the colon of a target. `path` is the path of XML and JSON. */
export interface TargetSelectorNode {
  readonly kind: "key" | "regex" | "path";
  readonly value: string;
  readonly span: Span;
}

/** `[!]@name argument`; without `@` it is `@rx`. */
export interface OperatorNode {
  readonly kind: "operator";
  readonly negated: boolean;
  readonly name: string;
  /** No name was written. */
  readonly implicit: boolean;
  readonly argument: string;
  readonly nameSpan: Span;
  readonly argumentSpan: Span;
  readonly span: Span;
}

/** `name` or `name:value` of an action list. */
export interface ActionNode {
  readonly kind: "action-item";
  /** Lower-case. */
  readonly name: string;
  readonly nameSpan: Span;
  /** Without its quotes; undefined when there is no colon. */
  readonly value: string | undefined;
  readonly valueSpan?: Span;
  readonly quoted: boolean;
  readonly span: Span;
}

/** Which rules an exclusion or update means. */
export type SelectorNode =
  | {
      readonly kind: "id-range";
      readonly from: number;
      readonly to: number;
      /** `12:1` means the first chained rule of rule 12. */
      readonly chainOffset?: number;
      readonly span: Span;
    }
  | { readonly kind: "text"; readonly value: string; readonly span: Span }
  | { readonly kind: "regex"; readonly pattern: string; readonly span: Span };

/** `SecRuleUpdateTargetBy*`. */
export interface UpdateTargetNode {
  readonly kind: "update-target";
  readonly name: string;
  readonly selectors: readonly SelectorNode[];
  readonly targets: readonly TargetNode[];
  /** Third argument: the targets that `targets` takes the place of. */
  readonly replacement?: readonly TargetNode[];
  readonly span: Span;
}

/** `SecRuleUpdateActionById`. */
export interface UpdateActionNode {
  readonly kind: "update-action";
  readonly name: string;
  readonly selectors: readonly SelectorNode[];
  readonly actions: readonly ActionNode[];
  readonly span: Span;
}

/** `SecRuleRemoveBy*`. */
export interface RemoveNode {
  readonly kind: "remove";
  readonly name: string;
  readonly selectors: readonly SelectorNode[];
  readonly span: Span;
}

/** `SecMarker LABEL`. */
export interface MarkerNode {
  readonly kind: "marker";
  readonly name: "SecMarker";
  readonly label: string;
  readonly span: Span;
}

/** `SecDataset NAME` with its back-tick block. */
export interface DatasetNode {
  readonly kind: "dataset";
  readonly name: string;
  readonly entries: readonly string[];
  readonly span: Span;
}

/** `Include PATTERN`. */
export interface IncludeNode {
  readonly kind: "include";
  readonly name: "Include" | "IncludeOptional";
  readonly pattern: string;
  readonly span: Span;
}

/** Any other directive: a name and an argument. */
export interface SettingNode {
  readonly kind: "setting";
  /** As written. */
  readonly name: string;
  readonly nameSpan: Span;
  /** Without its quotes. */
  readonly argument: string;
  readonly argumentSpan: Span;
  readonly span: Span;
}
