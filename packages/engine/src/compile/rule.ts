import type { ActionNode } from "@cuirass/seclang";
import { nearestName } from "@cuirass/seclang";
import type { PrefilterBuilder } from "@cuirass/regex";
import type { ActionCompileContext, ActionDefinition, ActionEvaluator } from "../action.ts";
import type { CompiledOperator, CompiledRule, RuleDraft } from "./ruleset.ts";
import type { Host } from "../host.ts";
import type { Macro } from "./macro.ts";
import type { OperatorCompileContext } from "../operator.ts";
import type { DefaultActions, PendingRule } from "./draft.ts";
import type { PipelineBuilder } from "./pipelines.ts";
import type { Report } from "./report.ts";
import type { RuleMetadata } from "../matched-rule.ts";
import type { Registry } from "../registry.ts";
import type { TransformationDefinition } from "../transformation.ts";
import type { WafSettings } from "../settings.ts";
import { ActionArgumentError } from "../action.ts";
import { macroParser } from "../actions/argument.ts";
import { OperatorArgumentError } from "../operator.ts";
import type { Side } from "../phase.ts";
import { Phase, sideOf } from "../phase.ts";
import { fromBytes } from "../text/bytes.ts";
import { mergeDefaults } from "./defaults.ts";
import { directoryOf } from "./load.ts";
import { MacroError, parseMacro } from "./macro.ts";
import type { CheapTests } from "./cheap-test.ts";
import { compileTargets } from "./targets.ts";
import type { SharedParts } from "./shared-parts.ts";
import type { ViewRegistry } from "./views.ts";

/** What compiling any rule of a WAF needs. */
export interface RuleCompileContext {
  readonly settings: WafSettings;
  readonly host: Host;
  readonly registry: Registry;
  readonly pipelines: PipelineBuilder;
  readonly prefilters: Readonly<Record<Side, PrefilterBuilder>>;
  readonly views: ViewRegistry;
  readonly cheapTests: CheapTests;
  readonly parts: SharedParts;
  readonly defaultActions: DefaultActions;
}

/** Compiles a top-level rule with its chain; errors go to the report. */
export function compileRule(
  pending: PendingRule,
  index: number,
  context: RuleCompileContext,
  report: Report,
): CompiledRule {
  if (pending.kind === "marker") return marker(pending, index, context);
  const starter = new RuleCompiler(pending, undefined, context, report);
  const links = [starter, ...pending.children.map((child) => new RuleCompiler(child, starter, context, report))];
  const raw = links.length === 1 ? starter.raw : context.parts.string(links.map((link) => link.raw).join(" \n"));
  let next: CompiledRule | undefined;
  for (let level = links.length - 1; level >= 0; level--) {
    next = links[level]!.build(index, level, next, level === 0 ? raw : links[level]!.raw, starter.draft.id);
  }
  return next!;
}

class RuleCompiler {
  readonly draft: RuleDraft;
  readonly raw: string;
  readonly #pending: PendingRule;
  readonly #context: RuleCompileContext;
  readonly #report: Report;
  readonly #actions: ActionEvaluator[] = [];
  readonly #final: ActionEvaluator[] = [];
  #disruptiveAt = -1;
  readonly #actionContext: ActionCompileContext;
  /** The action that is being compiled. */
  #node: ActionNode | undefined;

  constructor(pending: PendingRule, starter: RuleCompiler | undefined, context: RuleCompileContext, report: Report) {
    this.#pending = pending;
    this.#context = context;
    this.#report = report;
    this.raw = context.parts.string(pending.node?.raw ?? "");
    this.draft = newDraft(starter !== undefined);
    this.#actionContext = {
      settings: context.settings,
      host: context.host,
      macro: macroParser((text) => context.parts.macro(text)),
      warn: (message, hint) => report.warn("WAF_CONFIG_ACTION", message, this.#node!.span, hint),
    };
    this.#compileActions();
    if (starter === undefined && this.draft.id === 0) {
      // Compat: ids are mandatory; in Coraza a rule without one interrupts without ever being logged (gaps A21).
      report.error("WAF_CONFIG_RULE_ID_MISSING", "the rule has no id", pending.span, "give it a unique id:N");
    }
  }

  #compileActions(): void {
    const own = this.#pending.actions;
    for (const action of own) this.#compileAction(action, "metadata");
    const phase = this.draft.phase;
    const defaults =
      this.#pending.position.defaults[phase] ??
      (phase === Phase.RequestBody ? this.#context.defaultActions : undefined);
    for (const action of mergeDefaults(own, defaults)) this.#compileAction(action, "other");
  }

  #compileAction(node: ActionNode, pass: "metadata" | "other"): void {
    const definition = this.#context.registry.findAction(node.name);
    if (definition === undefined) {
      if (pass === "metadata") this.#unknownAction(node);
      return;
    }
    if (this.draft.isChild && definition.group === "disruptive") {
      // Defaults that land on a child bring their disruptive action along; only the rule's own is a mistake.
      if (pass === "metadata") this.#refuseDisruptive(node);
      return;
    }
    if ((definition.group === "metadata") !== (pass === "metadata")) return;
    const evaluator = this.#attempt(node, definition);
    if (definition.group === "disruptive") this.#placeDisruptive(evaluator ?? nothing);
    else if (evaluator !== undefined) (definition.group === "flow" ? this.#final : this.#actions).push(evaluator);
  }

  #refuseDisruptive({ name, span }: ActionNode): void {
    const message = `a chained rule cannot have the disruptive action ${name}`;
    this.#report.error("WAF_CONFIG_CHAIN_DISRUPTIVE", message, span, "put it on the first rule of the chain");
  }

  #attempt(node: ActionNode, definition: ActionDefinition): ActionEvaluator | undefined {
    this.#node = node;
    try {
      const value = node.value === undefined ? undefined : this.#context.parts.string(node.value);
      return definition.compile(value, this.draft, this.#actionContext) ?? undefined;
    } catch (error) {
      if (!(error instanceof ActionArgumentError)) throw error;
      this.#report.error(
        "WAF_CONFIG_ACTION_ARGUMENT",
        `${node.name}: ${error.message}`,
        node.valueSpan ?? node.span,
        error.hint,
      );
      return undefined;
    }
  }

  /** At most one disruptive action survives: a later one takes the place of the earlier (spec: seclang, 8.1). */
  #placeDisruptive(evaluator: ActionEvaluator): void {
    if (this.#disruptiveAt < 0) this.#disruptiveAt = this.#final.push(evaluator) - 1;
    else this.#final[this.#disruptiveAt] = evaluator;
  }

  #unknownAction(node: ActionNode): void {
    const unsupported = this.#context.registry.unsupportedAction(node.name);
    if (unsupported !== undefined) {
      const message = `the action ${node.name} is not supported: ${unsupported.reason}`;
      return this.#report.error("WAF_CONFIG_ACTION_UNSUPPORTED", message, node.nameSpan, unsupported.hint);
    }
    const nearest = nearestName(node.name, this.#context.registry.actionNames());
    const hint = nearest === undefined ? undefined : `did you mean ${nearest}?`;
    this.#report.error("WAF_CONFIG_ACTION_UNKNOWN", `unknown action "${node.name}"`, node.nameSpan, hint);
  }

  #macro(text: string): Macro {
    return this.#context.parts.macro(text);
  }

  build(index: number, level: number, next: CompiledRule | undefined, raw: string, starterId: number): CompiledRule {
    const { draft } = this;
    const pending = this.#pending;
    const operator = this.#operator();
    const targets = compileTargets(pending.targets, pending.exclusions, this.#context, this.#report);
    const { pipeline, gatePipeline } = this.#pipelines();
    const finalActions = level === 0 ? this.#final : [];
    const mayWait =
      next?.mayWait === true || operator?.matcher.mayWait === true || this.#actions.some((action) => action.mayWait);
    return {
      index,
      kind: pending.kind,
      metadata: this.#metadata(raw, operator),
      id: level === 0 ? draft.id : starterId,
      phase: draft.phase,
      chainLevel: level,
      next,
      targets,
      operator,
      pipeline,
      gatePipeline,
      gatePipelines: draft.multiMatch ? this.#context.pipelines.gatesOf(pipeline) : [gatePipeline],
      multiMatch: draft.multiMatch,
      capture: draft.capture,
      log: draft.log,
      audit: draft.audit,
      message: draft.message,
      logData: draft.logData,
      tagMacros: draft.tags.some((tag) => tag.includes("%{"))
        ? draft.tags.map((tag) => this.#tagMacro(tag))
        : undefined,
      actions: this.#actions,
      finalActions,
      disruptive: draft.disruptive,
      status: draft.status,
      skipAfter: draft.skipAfter,
      cheapTest: this.#context.cheapTests.of(targets, operator, pipeline),
      mayWait,
    };
  }

  #tagMacro(tag: string): Macro {
    try {
      return parseMacro(tag);
    } catch (error) {
      if (!(error instanceof MacroError)) throw error;
      this.#report.error("WAF_CONFIG_ACTION_ARGUMENT", `tag: ${error.message}`, this.#pending.span, error.hint);
      return { text: tag, dynamic: false, expand: () => tag, expandWith: () => tag };
    }
  }

  #metadata(raw: string, operator: CompiledOperator | undefined): RuleMetadata {
    const { draft } = this;
    return {
      id: draft.id,
      file: this.#pending.span.source.name,
      line: this.#pending.lastLine,
      phase: draft.phase,
      revision: draft.revision,
      version: draft.version,
      severity: draft.severity,
      maturity: draft.maturity,
      accuracy: draft.accuracy,
      tags: draft.tags,
      operator: operator === undefined ? "" : `${operator.negated ? "!" : ""}${operator.name}`,
      raw,
      marker: "",
    };
  }

  #pipelines(): Pick<CompiledRule, "pipeline" | "gatePipeline"> {
    const { pipelines, registry } = this.#context;
    const { transformations } = this.draft;
    const known = pipelines.named(transformations);
    if (known !== undefined) return known;
    const definitions: TransformationDefinition[] = [];
    for (const name of transformations) {
      const definition = registry.findTransformation(name);
      if (definition !== undefined) definitions.push(definition);
      else this.#unknownTransformation(name);
    }
    const found = { pipeline: pipelines.of(definitions), gatePipeline: pipelines.gateOf(definitions) };
    if (definitions.length === transformations.length) pipelines.remember(transformations, found);
    return found;
  }

  #unknownTransformation(name: string): void {
    const nearest = nearestName(name, this.#context.registry.transformationNames());
    const node = this.#pending.actions.find((action) => action.name === "t" && action.value === name);
    const hint = nearest === undefined ? undefined : `did you mean t:${nearest}?`;
    this.#report.error(
      "WAF_CONFIG_TRANSFORMATION_UNKNOWN",
      `unknown transformation "${name}"`,
      node?.valueSpan ?? this.#pending.span,
      hint,
    );
  }

  #operator(): CompiledOperator | undefined {
    const { node } = this.#pending;
    if (node?.kind !== "rule") return undefined;
    const { name, argument, negated, nameSpan, argumentSpan } = node.operator;
    const { registry } = this.#context;
    const definition = registry.findOperator(name);
    if (definition === undefined) {
      const unsupported = registry.unsupportedOperator(name);
      if (unsupported !== undefined) {
        const message = `the operator @${name} is not supported: ${unsupported.reason}`;
        this.#report.error("WAF_CONFIG_OPERATOR_UNSUPPORTED", message, nameSpan, unsupported.hint);
        return undefined;
      }
      const nearest = nearestName(name, registry.operatorNames());
      const hint = nearest === undefined ? undefined : `did you mean @${nearest}?`;
      this.#report.error("WAF_CONFIG_OPERATOR_UNKNOWN", `unknown operator "@${name}"`, nameSpan, hint);
      return undefined;
    }
    try {
      const { parts, prefilters } = this.#context;
      const side = sideOf(this.draft.phase);
      const text = parts.string(argument);
      const operator = parts.operator(definition, text, this.#operatorContext());
      const { matcher } = operator;
      const gate = parts.gate(operator, side, prefilters[side]);
      const memo = matcher.textOnly === true ? this.#context.views.nextMemo++ : -1;
      return { name: definition.name, negated, argument: text, matcher, memo, gate };
    } catch (error) {
      if (!(error instanceof OperatorArgumentError) && !(error instanceof MacroError)) throw error;
      const { offset } = error;
      const start = argumentSpan.start + Math.min(offset ?? 0, argument.length);
      const span = offset === undefined ? argumentSpan : { ...argumentSpan, start };
      this.#report.error("WAF_CONFIG_OPERATOR_ARGUMENT", `@${definition.name}: ${error.message}`, span, error.hint);
      return undefined;
    }
  }

  #operatorContext(): OperatorCompileContext {
    const { settings, host } = this.#context;
    const { span, position } = this.#pending;
    return {
      settings,
      host,
      macro: (text) => this.#macro(text),
      dataset: (name) => position.datasets.get(name),
      readDataFile: (path) => readDataFile(host, directoryOf(span.source.name), path),
      warn: (message, hint) => this.#report.warn("WAF_CONFIG_OPERATOR", message, span, hint),
    };
  }
}

/** Beside the configuration file first, then from the working directory (spec: seclang, 6.2). */
function readDataFile(host: Host, directory: string, path: string): string {
  const { fileSystem, latin1 = fromBytes } = host;
  if (fileSystem === undefined) throw new OperatorArgumentError(`cannot read "${path}": this host has no files`);
  const candidates = path.startsWith("/")
    ? [path]
    : [directory === "" ? path : `${directory}/${path}`, `${fileSystem.workingDirectory}/${path}`];
  for (const candidate of candidates) {
    const content = fileSystem.readFile(candidate);
    if (content !== undefined) return latin1(content);
  }
  throw new OperatorArgumentError(`cannot read "${path}": no such file`, {
    hint: `looked for ${candidates.join(" and ")}`,
  });
}

const nothing: ActionEvaluator = { evaluate: () => undefined };

function newDraft(isChild: boolean): RuleDraft {
  return {
    id: 0,
    phase: Phase.RequestBody,
    isChild,
    chain: false,
    message: undefined,
    logData: undefined,
    revision: "",
    version: "",
    severity: undefined,
    maturity: 0,
    accuracy: 0,
    tags: [],
    capture: false,
    multiMatch: false,
    log: false,
    audit: false,
    status: undefined,
    disruptive: undefined,
    transformations: [],
    skipAfter: undefined,
    writes: [],
  };
}

function marker(pending: PendingRule, index: number, context: RuleCompileContext): CompiledRule {
  const metadata: RuleMetadata = {
    id: 0,
    file: pending.span.source.name,
    line: pending.lastLine,
    phase: Phase.Any,
    revision: "",
    version: "",
    severity: undefined,
    maturity: 0,
    accuracy: 0,
    tags: [],
    operator: "",
    raw: "",
    marker: pending.marker,
  };
  return {
    index,
    kind: "marker",
    metadata,
    id: 0,
    phase: Phase.Any,
    chainLevel: 0,
    next: undefined,
    targets: [],
    operator: undefined,
    pipeline: context.pipelines.of([]),
    gatePipeline: context.pipelines.of([]),
    gatePipelines: [],
    multiMatch: false,
    capture: false,
    log: false,
    audit: false,
    message: undefined,
    logData: undefined,
    tagMacros: undefined,
    actions: [],
    finalActions: [],
    disruptive: undefined,
    status: undefined,
    skipAfter: undefined,
    cheapTest: undefined,
    mayWait: false,
  };
}
