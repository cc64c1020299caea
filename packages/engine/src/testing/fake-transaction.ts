import { SharedParts } from "../compile/shared-parts.ts";
import { PrefilterBuilder } from "@cuirass/regex";
import type { ActionDefinition, ActionEvaluator } from "../action.ts";
import type { CollectionStore, Host } from "../host.ts";
import type { CompiledRule, CompiledRuleset, RuleDraft } from "../compile/ruleset.ts";
import type { MaybePromise } from "../maybe-promise.ts";
import type { Phase } from "../phase.ts";
import type { Transaction } from "../transaction.ts";
import type { WafSettings } from "../settings.ts";
import { parseActionList } from "@cuirass/seclang";
import { ActionArgumentError } from "../action.ts";
import { findAction } from "../actions/index.ts";
import { macroParser } from "../actions/argument.ts";
import { parseMacro } from "../compile/macro.ts";
import { TransactionControl } from "../control.ts";
import { MemoryCollectionStore } from "../persistence/memory-store.ts";
import { defaultSettings } from "../settings.ts";
import { FakeClock } from "./fake-clock.ts";
import { FakeState } from "./fake-state.ts";

/** What a test may put in place of the defaults below. */
export interface FakeTransactionOptions {
  readonly phase?: Phase;
  readonly clock?: FakeClock;
  readonly collectionStore?: CollectionStore;
  readonly settings?: Partial<WafSettings>;
  readonly rules?: readonly FakeRule[];
}

/** The facts of a rule that look-ups by ctl need. */
export interface FakeRule {
  readonly id: number;
  readonly tags?: readonly string[];
  readonly message?: string;
}

/** A transaction for tests of actions: what they read and write, and nothing else. */
export class FakeTransaction extends FakeState {
  readonly webAppId = "default";
  readonly control: TransactionControl;
  readonly host: Host & { readonly clock: FakeClock; readonly collectionStore: CollectionStore };
  readonly ruleset: CompiledRuleset;

  constructor(options: FakeTransactionOptions = {}) {
    super(options.phase === undefined ? {} : { phase: options.phase });
    const settings: WafSettings = { ...defaultSettings(), ...options.settings };
    const clock = options.clock ?? new FakeClock();
    this.control = new TransactionControl(settings);
    this.host = { clock, collectionStore: options.collectionStore ?? new MemoryCollectionStore({ clock }) };
    this.ruleset = fakeRuleset(settings, options.rules ?? []);
  }

  setTxAt(number: number, _name: string, value: string): void {
    this.variables.tx.setAt(number, value);
  }

  setTx(key: string, value: string | undefined): void {
    if (value === undefined) this.variables.tx.remove(key);
    else this.variables.tx.set(key, value);
  }

  /** Values of TX by name. */
  get tx(): Record<string, string> {
    return Object.fromEntries(this.variables.tx.entries.map((entry) => [entry.key, entry.value]));
  }

  /** What actions are given; they use no more of it than there is here. */
  get real(): Transaction {
    return this as unknown as Transaction;
  }

  /** Compiles an action list and runs its evaluators in order. */
  run(text: string, rule: Partial<CompiledRule> = {}): MaybePromise<void> {
    const { evaluators } = compileActions(text);
    return runFrom(evaluators, 0, this, { id: 1, status: undefined, ...rule } as CompiledRule);
  }
}

function runFrom(
  evaluators: readonly ActionEvaluator[],
  at: number,
  tx: FakeTransaction,
  rule: CompiledRule,
): MaybePromise<void> {
  for (let next = at; next < evaluators.length; next++) {
    const pending = evaluators[next]!.evaluate(tx.real, rule);
    if (pending instanceof Promise) return pending.then(() => runFrom(evaluators, next + 1, tx, rule));
  }
}

function fakeRuleset(settings: WafSettings, facts: readonly FakeRule[]): CompiledRuleset {
  const rules = facts.map(({ id, tags = [], message }, index) => {
    const rule = { index, id, metadata: { tags }, message: message === undefined ? undefined : { text: message } };
    return rule as unknown as CompiledRule;
  });
  const named = (test: (rule: CompiledRule) => boolean): readonly CompiledRule[] => rules.filter(test);
  return {
    settings,
    rules,
    byPhase: [],
    pipelines: [],
    views: [],
    transformations: { numbers: new Map(), caseless: new Map() },
    parts: new SharedParts(),
    prefilters: { request: new PrefilterBuilder().build(), response: new PrefilterBuilder().build() },
    usesRuleVariable: false,
    withIdBetween: (from, to) => named((rule) => rule.id >= from && rule.id <= to),
    withTag: (tag) => named((rule) => rule.metadata.tags.includes(tag)),
    withMessage: (message) => named((rule) => rule.message?.text === message),
  };
}

/** What compiling an action list gave. */
export interface CompiledActions {
  readonly draft: RuleDraft;
  readonly evaluators: ActionEvaluator[];
  readonly warnings: string[];
}

/** Compiles an action list as it stands in a rule. `draft` are fields that other actions would have set. */
export function compileActions(text: string, draft: Partial<RuleDraft> = {}, host: Host = {}): CompiledActions {
  const { actions, diagnostics } = parseActionList(text);
  if (diagnostics.length > 0) throw new Error(diagnostics[0]!.message);
  const compiled: CompiledActions = { draft: { ...newDraft(), ...draft }, evaluators: [], warnings: [] };
  for (const { name, value } of actions) {
    const definition = findAction(name);
    if (definition === undefined) throw new Error(`there is no action ${name}`);
    const evaluator = compileAction(definition, value, compiled, host);
    if (evaluator !== undefined) compiled.evaluators.push(evaluator);
  }
  return compiled;
}

function compileAction(
  definition: ActionDefinition,
  value: string | undefined,
  { draft, warnings }: CompiledActions,
  host: Host,
): ActionEvaluator | undefined {
  const warn = (message: string): void => void warnings.push(message);
  return (
    definition.compile(value, draft, { settings: defaultSettings(), host, macro: macroParser(parseMacro), warn }) ??
    undefined
  );
}

/** The error with which an action of the list is refused. */
export function refusalOf(text: string, host: Host = {}): ActionArgumentError {
  try {
    compileActions(text, {}, host);
  } catch (error) {
    if (error instanceof ActionArgumentError) return error;
    throw error;
  }
  throw new Error(`${text} is accepted`);
}

function newDraft(): RuleDraft {
  return {
    id: 0,
    phase: 2,
    isChild: false,
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
