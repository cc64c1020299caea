import type { CompiledRule, CompiledTarget } from "../compile/ruleset.ts";
import type { Entry } from "../variables/collections.ts";
import type { ByteString } from "../text/bytes.ts";
import type { MatchData } from "../matched-rule.ts";

/** One matched value. Everything that can be worked out from the rule is, and only when somebody looks. */
export class MatchRecord implements MatchData {
  readonly variable: string;
  readonly key: ByteString;
  readonly value: ByteString;
  readonly original: ByteString;
  message: ByteString = "";
  data: ByteString = "";
  readonly #rule: CompiledRule;

  constructor(rule: CompiledRule, target: CompiledTarget | undefined, entry: Entry | undefined, text: ByteString) {
    this.variable = target === undefined ? "UNKNOWN" : target.name;
    this.key = entry === undefined ? "" : entry.key;
    this.value = text;
    this.original = entry === undefined ? "" : entry.value;
    this.#rule = rule;
  }

  get transformations(): readonly string[] {
    return this.#rule.pipeline.names;
  }

  get operator(): string {
    return this.#rule.operator?.name ?? "";
  }

  get chainLevel(): number {
    return this.#rule.chainLevel;
  }

  get span(): readonly [start: number, end: number] | undefined {
    const operator = this.#rule.operator;
    if (operator === undefined || operator.negated) return undefined;
    return operator.matcher.locate?.(this.value);
  }
}
