import type { DirectiveNode, SecActionNode, SecRuleNode, SettingNode } from "@cuirass/seclang";
import { nearestName } from "@cuirass/seclang";
import type { DefaultActions, PendingRule, RulePosition } from "./draft.ts";
import type { DirectiveContext } from "./directives/directive.ts";
import type { Exclusion } from "./exclusions.ts";
import type { Report } from "./report.ts";
import type { ByteString } from "../text/bytes.ts";
import { checkDefaultActions } from "./defaults.ts";
import { DirectiveArgumentError } from "./directives/directive.ts";
import { directives as plainDirectives, findDirective, grammarDirectives } from "./directives/index.ts";
import { parseOnOff } from "./directives/arguments.ts";
import { directoryOf, resolvePath } from "./load.ts";
import { fromBytes } from "../text/bytes.ts";
import { readRuleHead } from "./rule-head.ts";

/** What a walk over all directives yields. */
export interface Collected {
  /** Top-level rules and markers in order. */
  readonly rules: PendingRule[];
  readonly exclusions: Exclusion[];
}

/** Everything but the settings themselves is position-dependent, so directives are taken strictly in order. */
export function collectDirectives(
  nodes: readonly DirectiveNode[],
  context: Omit<DirectiveContext, "warn" | "readFile">,
  report: Report,
): Collected {
  const collector = new Collector(context, report);
  for (const node of nodes) collector.take(node);
  collector.end();
  return collector;
}

class Collector implements Collected {
  readonly rules: PendingRule[] = [];
  readonly exclusions: Exclusion[] = [];
  readonly #context: Omit<DirectiveContext, "warn" | "readFile">;
  readonly #report: Report;
  #defaults: (DefaultActions | undefined)[] = new Array<undefined>(6).fill(undefined);
  #datasets: ReadonlyMap<string, readonly ByteString[]> = new Map();
  #ignoreErrors = false;
  /** Starter whose chain waits for its next rule. */
  #openChain: PendingRule | undefined;

  constructor(context: Omit<DirectiveContext, "warn" | "readFile">, report: Report) {
    this.#context = context;
    this.#report = report;
  }

  take(node: DirectiveNode): void {
    switch (node.kind) {
      case "rule":
      case "action":
        if (node.name === "SecDefaultAction") return this.#defaultAction(node);
        return this.#rule(node);
      case "marker":
        return this.#marker(node);
      case "dataset":
        if (this.#datasets.has(node.name)) {
          this.#report.warn("WAF_CONFIG_DATASET_REPLACED", `dataset "${node.name}" replaces an earlier one`, node.span);
        }
        this.#datasets = new Map(this.#datasets).set(node.name, node.entries);
        return;
      case "remove":
      case "update-target":
      case "update-action":
        this.exclusions.push({ node, rulesBefore: this.rules.length });
        return;
      case "setting":
        return this.#setting(node);
      case "include":
        // Resolved while loading.
        return;
    }
  }

  end(): void {
    if (this.#openChain === undefined) return;
    // Compat: accepted as a single rule, as Coraza does, but said.
    this.#report.warn(
      "WAF_CONFIG_CHAIN_OPEN",
      `the chain of rule ${this.#openChain.head.id} has no further rule`,
      this.#openChain.span,
      "the rule now works alone; remove `chain` or add the missing rule",
    );
  }

  #rule(node: SecRuleNode | SecActionNode): void {
    const pending = this.#pending(node);
    const starter = this.#openChain;
    const chains = node.actions.some((action) => action.name === "chain");
    if (starter !== undefined) {
      starter.children.push(pending);
      if (!chains) this.#openChain = undefined;
      return;
    }
    this.rules.push(pending);
    if (chains) this.#openChain = pending;
  }

  #pending(node: SecRuleNode | SecActionNode): PendingRule {
    return {
      kind: node.kind,
      node,
      span: node.span,
      head: readRuleHead(node.actions),
      position: this.#position(),
      marker: "",
      lastLine: node.lastLine,
      targets: node.kind === "rule" ? [...node.targets] : [],
      exclusions: [],
      actions: [...node.actions],
      removed: false,
      children: [],
    };
  }

  #position(): RulePosition {
    return { defaults: this.#defaults, datasets: this.#datasets, ignoreErrors: this.#ignoreErrors };
  }

  #marker(node: Extract<DirectiveNode, { kind: "marker" }>): void {
    this.#openChain = undefined;
    this.rules.push({
      kind: "marker",
      node: undefined,
      span: node.span,
      head: { id: 0, phase: 0, tags: [], message: undefined },
      position: this.#position(),
      marker: node.label,
      lastLine: node.lastLine,
      targets: [],
      exclusions: [],
      actions: [],
      removed: false,
      children: [],
    });
  }

  #defaultAction(node: SecActionNode): void {
    const checked = checkDefaultActions(node, this.#report);
    if (checked === undefined) return;
    if (this.#defaults[checked.phase] !== undefined) {
      return this.#report.error(
        "WAF_CONFIG_DEFAULT_ACTION_REPEATED",
        `there already is a SecDefaultAction for phase ${checked.phase}`,
        node.span,
        "keep one per phase",
      );
    }
    this.#defaults = this.#defaults.with(checked.phase, checked);
  }

  #setting(node: SettingNode): void {
    if (node.name.toLowerCase() === "secignorerulecompilationerrors") {
      return this.#attempt(node, () => {
        this.#ignoreErrors = parseOnOff(node.argument);
      });
    }
    const definition = findDirective(node.name);
    if (definition === undefined) {
      const known = [...plainDirectives, ...grammarDirectives].map((directive) => directive.name);
      const nearest = nearestName(node.name, known);
      return this.#report.error(
        "WAF_CONFIG_DIRECTIVE_UNKNOWN",
        `unknown directive "${node.name}"`,
        node.nameSpan,
        nearest === undefined ? undefined : `did you mean ${nearest}?`,
      );
    }
    const { span } = node;
    this.#attempt(node, () =>
      definition.apply(node.argument, {
        ...this.#context,
        readFile: (path) => this.#readFile(path, directoryOf(span.source.name)),
        warn: (message, hint) => this.#report.warn("WAF_CONFIG_DIRECTIVE", message, span, hint),
      }),
    );
  }

  #readFile(path: string, directory: string): ByteString {
    const content = this.#context.host.fileSystem?.readFile(resolvePath(directory, path));
    if (content !== undefined) return fromBytes(content);
    throw new DirectiveArgumentError(`cannot read "${path}": no such file`);
  }

  #attempt(node: SettingNode, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof DirectiveArgumentError)) throw error;
      this.#report.error(
        "WAF_CONFIG_DIRECTIVE_ARGUMENT",
        `${node.name}: ${error.message}`,
        node.argumentSpan,
        error.hint,
      );
    }
  }
}
