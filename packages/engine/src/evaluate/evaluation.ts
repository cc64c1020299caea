import type { BodyProcessorDefinition } from "../body/body-processor.ts";
import type { CompiledRule, CompiledRuleset } from "../compile/ruleset.ts";
import type { EngineFault, FaultPolicy } from "../fault.ts";
import type { Clock, Host, LogLevel } from "../host.ts";
import type { Interruption } from "../interruption.ts";
import type { MatchedRule, ScoreChange } from "../matched-rule.ts";
import type { MaybePromise } from "../maybe-promise.ts";
import type { Phase, Side } from "../phase.ts";
import { sideOf } from "../phase.ts";
import type { ByteString } from "../text/bytes.ts";
import type { Transaction } from "../transaction.ts";
import type { TransactionState } from "../transaction-state.ts";
import type { Collection } from "../variables/collections.ts";
import type { TransactionOrigin } from "../variables/computed.ts";
import type { CandidatePool } from "./candidates.ts";
import type { EntryMemo } from "./entry-memo.ts";
import type { HaystackMemo } from "./haystack.ts";
import type { MatchRecord } from "./match-record.ts";
import type { AuditFormatDefinition } from "../audit/formats/index.ts";
import type { Sanitised } from "../control.ts";
import { Masking } from "../audit/masking.ts";
import { TransactionControl } from "../control.ts";
import { toLowerAscii } from "../text/ascii.ts";
import { formatSeverity } from "../severity.ts";
import { variableId, variableTable } from "../variables/variable-table.ts";
import { captureNames } from "../variables/tx-variables.ts";
import { Variables } from "../variables/variables.ts";
import { Haystacks } from "./haystack.ts";
import { RuleMatch } from "./rule-match.ts";
import { Trace } from "./trace.ts";
import { Views } from "./view-values.ts";

/** What all transactions of a WAF share. Never changed by traffic. */
export interface WafContext {
  readonly ruleset: CompiledRuleset;
  /** Texts of phases 1 and 2, and of those from 3 on. */
  readonly memos: Readonly<Record<Side, HaystackMemo>>;
  /** Headers of requests, and of responses. */
  readonly entries: Readonly<Record<Side, EntryMemo>>;
  readonly candidates: CandidatePool;
  readonly host: Host & { readonly clock: Clock };
  readonly faultPolicy: FaultPolicy;
  /** Milliseconds of rule evaluation per transaction; Infinity for none. */
  readonly timeBudgetMs: number;
  readonly tracing: boolean;
  readonly onRuleTime: ((ruleId: number, ms: number) => void) | undefined;
  readonly productName: string;
  /** Values that logs must never show. */
  readonly sanitised: readonly Sanitised[];
  readonly onMatchedRule: ((matched: MatchedRule) => void) | undefined;
  readonly onFault: ((fault: EngineFault) => void) | undefined;
  /** Runs the rules of a phase. Tests put a plain evaluator in its place. */
  readonly evaluatePhase: (tx: Transaction, phase: Phase) => MaybePromise<void>;
  findBodyProcessor(name: string): BodyProcessorDefinition | undefined;
  findAuditFormat(name: string): AuditFormatDefinition | undefined;
}

const noScores: ScoreChange[] = [];
/** The clock is looked at after so many rules, or texts of so many bytes that operators were asked about. */
const BUDGET_CHECK_INTERVAL = 32;
const BYTES_AS_A_RULE = 4096;
const logLevels: Record<LogLevel, number> = { error: 1, warn: 2, info: 3, debug: 4, trace: 9 };

/**
 * The state that rules read and change while a transaction is evaluated. Hosts see it as `Transaction`,
 * operators and plug-ins as `TransactionState`.
 */
export class Evaluation implements TransactionState, TransactionOrigin {
  readonly id: string;
  readonly context: WafContext;
  readonly ruleset: CompiledRuleset;
  readonly host: Host & { readonly clock: Clock };
  readonly control: TransactionControl;
  readonly variables: Variables;
  /** Texts that the rules of the running phase look at. */
  haystacks: Haystacks;
  /** The values that they look at. */
  views: Views;
  readonly startMs: number;
  readonly matchedRules: MatchedRule[] = [];
  /** Rules tried and why they were passed over; undefined unless tracing is on. */
  readonly trace: Trace | undefined;

  phase: Phase = 0;
  interruption: Interruption | undefined = undefined;
  detectionOnlyInterruption: Interruption | undefined = undefined;
  /** Faults of ports and limits, in order. */
  readonly faults: EngineFault[] = [];
  capturing = false;
  /** Milliseconds that rules took, by phase. */
  readonly phaseMs: number[] = [0, 0, 0, 0, 0, 0];
  /** Rules evaluated, and rules that the prefilter showed to be unable to match. */
  rulesEvaluated = 0;
  rulesPassedOver = 0;
  /** Position of the rule being evaluated among those of its phase. */
  position = 0;

  readonly #startTick: number;
  #captureFresh = false;
  /** No slot above this one has a value. */
  #lastCapture = 9;
  #scores: ScoreChange[] = noScores;
  #budgetMs: number;
  #budgetCountdown = BUDGET_CHECK_INTERVAL;
  #phaseTick = 0;
  #phaseCpu = 0;

  constructor(context: WafContext, id: string) {
    this.id = id;
    this.context = context;
    this.ruleset = context.ruleset;
    this.host = context.host;
    this.startMs = context.host.clock.now();
    this.#startTick = context.host.clock.monotonic();
    this.#budgetMs = context.timeBudgetMs;
    this.control = new TransactionControl(context.ruleset.settings);
    this.variables = new Variables(this);
    this.haystacks = new Haystacks(context.memos.request);
    this.views = new Views([], this.variables, this.haystacks, false);
    this.trace = context.tracing ? new Trace() : undefined;
    for (let capture = 0; capture < captureNames.length; capture++) this.variables.tx.setAt(capture, "");
  }

  get webAppId(): string {
    return this.ruleset.settings.webAppId;
  }

  /** Raw request body as buffered; overridden by the transaction, which owns the buffer. */
  requestBodyText(): ByteString {
    return "";
  }

  get requestBodySize(): number {
    return 0;
  }

  /** What logs must not show, as far as rules have said so by now. */
  masking(): Masking {
    return new Masking([...this.context.sanitised, ...this.control.sanitised]);
  }

  /** Microseconds since the transaction began. */
  elapsedMicroseconds(): number {
    return Math.round((this.host.clock.monotonic() - this.#startTick) * 1000);
  }

  // ---- the evaluator's side

  /** Before the rules of a phase: they look for their literals with the prefilter of their side. */
  beginPhase(phase: Phase, steady: boolean): void {
    const memo = this.context.memos[sideOf(phase)];
    if (this.haystacks.memo !== memo) this.haystacks = new Haystacks(memo);
    this.views = new Views(this.ruleset.views, this.variables, this.haystacks, steady);
  }

  /** Before a top-level rule: nothing matched yet, no score changed. */
  beginRule(): void {
    this.variables.matched.clear();
    this.#scores = noScores;
  }

  /** Before the starter and before each child: its capture flag and RULE. */
  enter(rule: CompiledRule): void {
    this.capturing = rule.capture;
    if (this.ruleset.usesRuleVariable) this.#fillRule(rule);
  }

  /** After a top-level rule, whatever came of it. */
  endRule(rule: CompiledRule, outcome: "matched" | "no match" | "chain failed"): void {
    this.capturing = false;
    this.rulesEvaluated++;
    this.trace?.add(this.phase, rule, outcome);
  }

  /** Before an operator of a capturing rule: its first capture clears the slots of earlier rules. */
  beginCapture(): void {
    this.#captureFresh = true;
  }

  /**
   * Stores TX:0 ... TX:9 of the rule being evaluated.
   *
   * Compat: the first capture of a match empties the other slots, as ModSecurity 2 does; Coraza leaves what earlier rules
   * captured and has no slot 9 (gaps A22).
   */
  capture(index: number, text: ByteString): void {
    if (!this.capturing || index < 0 || index > 9) return;
    const { tx } = this.variables;
    if (this.#captureFresh) {
      this.#captureFresh = false;
      for (let slot = 0; slot <= this.#lastCapture; slot++) tx.setAt(slot, "");
      this.#lastCapture = -1;
    }
    if (index > this.#lastCapture) this.#lastCapture = index;
    tx.setAt(index, text);
  }

  /** Expands msg and logdata into a match. */
  expandTexts(rule: CompiledRule, match: MatchRecord): void {
    if (rule.message !== undefined) match.message = rule.message.expand(this);
    if (rule.logData !== undefined) match.data = rule.logData.expand(this);
  }

  /** The whole chain matched: records it, lowers HIGHEST_SEVERITY, tells the observer (spec: seclang, 12.8). */
  recordMatch(rule: CompiledRule, matches: readonly MatchRecord[]): void {
    if (rule.id === 0) return;
    const severity = rule.metadata.severity;
    if (severity !== undefined && severity < Number(this.variables.highestSeverity.value)) {
      this.variables.highestSeverity.set(String(severity));
    }
    const matched = new RuleMatch(this, rule, matches, this.#scores);
    this.matchedRules.push(matched);
    if (matched.log) this.context.onMatchedRule?.(matched);
  }

  /** True, and the fault policy applied, once evaluation has used up its time. */
  overBudget(): boolean {
    if (--this.#budgetCountdown > 0) return false;
    this.#budgetCountdown = BUDGET_CHECK_INTERVAL;
    const { clock } = this.host;
    if (clock.monotonic() - this.#phaseTick <= this.#budgetMs) return false;
    if (clock.cpu !== undefined && clock.cpu() - this.#phaseCpu <= this.#budgetMs) return false;
    this.fault("time-budget", `rules took more than ${this.context.timeBudgetMs} ms`);
    return true;
  }

  /** An operator is asked about a text: a long one takes as long as many rules. */
  weigh(text: ByteString): void {
    if (text.length >= BYTES_AS_A_RULE) this.#budgetCountdown -= Math.floor(text.length / BYTES_AS_A_RULE);
  }

  /** The clock of the time budget runs only while rules run. */
  startBudget(): void {
    const { clock } = this.host;
    this.#phaseTick = clock.monotonic();
    if (clock.cpu !== undefined) this.#phaseCpu = clock.cpu();
  }

  stopBudget(): void {
    const { clock } = this.host;
    const elapsed = clock.monotonic() - this.#phaseTick;
    this.#budgetMs -= clock.cpu === undefined ? elapsed : Math.min(elapsed, clock.cpu() - this.#phaseCpu);
    this.phaseMs[this.phase]! += elapsed;
  }

  /** A port failed or a limit of the engine was hit: recorded, logged, reported, and answered as configured. */
  fault(kind: EngineFault["kind"], message: string): void {
    const fault: EngineFault = { kind, message, transactionId: this.id, policy: this.context.faultPolicy };
    this.faults.push(fault);
    this.log("error", message, { fault: kind, policy: fault.policy });
    this.context.onFault?.(fault);
    if (fault.policy === "block") this.interrupt({ ruleId: 0, action: "deny", status: 500, data: "" });
  }

  #fillRule(rule: CompiledRule): void {
    const { rule: fields } = this.variables;
    // Compat: cleared, so that a rule without msg does not see that of an earlier one (gaps A33).
    fields.clear();
    fields.add("id", String(rule.id));
    fields.add("rev", rule.metadata.revision);
    fields.add("severity", formatSeverity(rule.metadata.severity));
    if (rule.message !== undefined) fields.add("msg", rule.message.expand(this));
    if (rule.logData !== undefined) fields.add("logdata", rule.logData.expand(this));
  }

  // ---- what operators, actions and plug-ins use

  /** Writes a TX variable; `undefined` removes it. The change is part of the matched rule's record. */
  setTx(key: ByteString, value: ByteString | undefined): void {
    const { tx } = this.variables;
    const name = toLowerAscii(key);
    if (name.length === 1) this.#lastCapture = 9;
    let before: ByteString | undefined;
    if (value !== undefined) before = tx.setNamed(name, value);
    else {
      before = tx.first(name);
      tx.remove(name);
    }
    this.#changed({ name, before, after: value });
  }

  /** `setTx` of a variable that a rule spells out, by its number. */
  setTxAt(number: number, name: ByteString, value: ByteString): void {
    if (number < captureNames.length) this.#lastCapture = 9;
    this.#changed({ name, before: this.variables.tx.setAt(number, value), after: value });
  }

  #changed(score: ScoreChange): void {
    if (this.#scores === noScores) this.#scores = [score];
    else this.#scores.push(score);
  }

  /** A variable's values by SecLang name in any case, e.g. `collection("REQUEST_HEADERS")?.first("host")`. */
  collection(name: string): Collection | undefined {
    const id = variableId(name);
    return id === undefined ? undefined : variableTable[id]!.of(this.variables);
  }

  /** The first one wins. In DetectionOnly it is remembered and evaluation goes on; with the engine off nothing happens. */
  interrupt(interruption: Interruption): void {
    if (this.control.ruleEngine === "On") this.interruption ??= interruption;
    else if (this.control.ruleEngine === "DetectionOnly") this.detectionOnlyInterruption ??= interruption;
  }

  /** Debug log, subject to SecDebugLogLevel and ctl:debugLogLevel; faults are logged whatever the level. */
  log(level: LogLevel, message: string, fields: Readonly<Record<string, string | number | boolean>> = {}): void {
    if (logLevels[level] > this.control.debugLogLevel && fields["fault"] === undefined) return;
    this.host.logger?.log(level, message, { tx_id: this.id, ...fields });
  }
}
