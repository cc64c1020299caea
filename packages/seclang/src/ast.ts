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
  /** False when the list is missing or empty; such a rule takes no default actions. */
  readonly hasActions: boolean;
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
  /** `&`: the number of entries; never together with `negated`. */
  readonly count: boolean;
  /** As written. */
  readonly variable: string;
  readonly variableSpan: Span;
  /** Undefined without a colon. */
  readonly selector: TargetSelectorNode | undefined;
  readonly span: Span;
}

/** What follows the colon of a target, without quotes and slashes round it. `path` is the path of XML and JSON. */
export interface TargetSelectorNode {
  readonly kind: "key" | "regex" | "path";
  /** Of a regex: its source, with a plain `/` where `\/` was written. */
  readonly value: string;
  readonly span: Span;
}

/** `[!]@name argument`; without `@` it is `@rx`. */
export interface OperatorNode {
  readonly kind: "operator";
  readonly negated: boolean;
  /** As written, without `@`; "rx" when implicit. */
  readonly name: string;
  /** No name was written. */
  readonly implicit: boolean;
  /** Trimmed, with `"` where `\"` was written. */
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
  /** Undefined without a value. */
  readonly valueSpan: Span | undefined;
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
  readonly name: "SecRuleUpdateTargetById" | "SecRuleUpdateTargetByTag" | "SecRuleUpdateTargetByMsg";
  readonly selectors: readonly SelectorNode[];
  readonly targets: readonly TargetNode[];
  /** Third argument, ModSecurity's form: the targets that `targets` takes the place of. */
  readonly replacement?: readonly TargetNode[];
  readonly span: Span;
}

/** `SecRuleUpdateActionById`. */
export interface UpdateActionNode {
  readonly kind: "update-action";
  readonly name: "SecRuleUpdateActionById";
  readonly selectors: readonly SelectorNode[];
  readonly actions: readonly ActionNode[];
  readonly span: Span;
}

/** `SecRuleRemoveBy*`. */
export interface RemoveNode {
  readonly kind: "remove";
  readonly name: "SecRuleRemoveById" | "SecRuleRemoveByTag" | "SecRuleRemoveByMsg";
  readonly selectors: readonly SelectorNode[];
  readonly span: Span;
}

/** `SecMarker LABEL`. */
export interface MarkerNode {
  readonly kind: "marker";
  readonly name: "SecMarker";
  /** Without quotes. */
  readonly label: string;
  /** Last physical line of the directive. */
  readonly lastLine: number;
  readonly span: Span;
}

/** `SecDataset NAME` with its back-tick block. */
export interface DatasetNode {
  readonly kind: "dataset";
  /** Of the data set. */
  readonly name: string;
  /** Trimmed lines; empty lines and comments are left out. */
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

/** Any other directive: a name and an argument. This package does not know which of them exist. */
export interface SettingNode {
  readonly kind: "setting";
  /** As written. */
  readonly name: string;
  readonly nameSpan: Span;
  /** Everything after the name, without the quotes if one pair encloses all of it. */
  readonly argument: string;
  readonly argumentSpan: Span;
  readonly span: Span;
}

/** Any node below a document. */
export type Node = DirectiveNode | TargetNode | OperatorNode | ActionNode | SelectorNode;
