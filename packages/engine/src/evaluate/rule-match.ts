import type { CompiledRule } from "../compile/ruleset.ts";
import type { ByteString } from "../text/bytes.ts";
import type { MatchData, MatchedRule, RuleMetadata, ScoreChange } from "../matched-rule.ts";
import type { Evaluation } from "./evaluation.ts";
import type { MatchRecord } from "./match-record.ts";
import { formatAuditText, formatErrorLog } from "../audit/error-log.ts";
import { maskMatched } from "../audit/masked-match.ts";

/** The record of a rule that matched. Texts for logs are made when somebody asks. */
export class RuleMatch implements MatchedRule {
  readonly matches: readonly MatchData[];
  readonly scores: readonly ScoreChange[];
  readonly engineMode: "On" | "Off" | "DetectionOnly";
  readonly #rule: CompiledRule;
  readonly #tx: Evaluation;
  readonly #tags: readonly ByteString[];

  constructor(tx: Evaluation, rule: CompiledRule, matches: readonly MatchRecord[], scores: readonly ScoreChange[]) {
    this.#rule = rule;
    this.#tx = tx;
    this.matches = matches;
    this.scores = scores;
    this.engineMode = tx.control.ruleEngine;
    // Compat: tags are expanded (gaps A30). The common rule has none with a macro and shares its list.
    this.#tags = rule.tagMacros === undefined ? rule.metadata.tags : rule.tagMacros.map((tag) => tag.expand(tx));
  }

  get disruptive(): boolean {
    return this.engineMode === "On" && this.#rule.disruptive !== undefined;
  }

  get disruptiveAction(): string {
    return disruptiveName(this.#rule);
  }

  get uri(): ByteString {
    return this.#tx.variables.requestUri.value;
  }

  get transactionId(): string {
    return this.#tx.id;
  }

  get serverAddress(): string {
    return this.#tx.variables.serverAddr.value;
  }

  get clientAddress(): string {
    return this.#tx.variables.remoteAddr.value;
  }

  get rule(): RuleMetadata {
    const { metadata } = this.#rule;
    return this.#tags === metadata.tags ? metadata : { ...metadata, tags: this.#tags };
  }

  get log(): boolean {
    return this.#rule.log;
  }

  get audit(): boolean {
    return this.#rule.audit;
  }

  get message(): ByteString {
    for (const match of this.matches) if (match.message !== "") return match.message;
    return "";
  }

  get data(): ByteString {
    return this.matches[0]?.data ?? "";
  }

  errorLog(): ByteString {
    return formatErrorLog(this.masked(), this.#tx.context.productName);
  }

  auditLog(): ByteString {
    return formatAuditText(this.masked(), this.#tx.context.productName);
  }

  masked(): MatchedRule {
    const { context, control } = this.#tx;
    if (context.sanitised.length + control.sanitised.length === 0) return this;
    return maskMatched(this, this.#tx.masking(), context.productName);
  }
}

function disruptiveName(rule: CompiledRule): string {
  if (rule.disruptive === undefined) return "";
  return rule.disruptive.kind === "plugin" ? rule.disruptive.name : rule.disruptive.kind;
}
