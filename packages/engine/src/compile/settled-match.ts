import type { ByteString } from "../text/bytes.ts";
import type { Transaction } from "../transaction.ts";
import type { CompiledRule, CompiledTarget } from "./ruleset.ts";
import { MatchRecord } from "../evaluate/match-record.ts";
import { OWN_LENGTH } from "../text/own-copy.ts";
import { Entry } from "../variables/collections.ts";

/**
 * The match records of a rule that compares one TX variable and then only goes on elsewhere: the same for every transaction
 * with the same value, so they are made once.
 *
 * Perf: the CRS skips what is above its paranoia level with two dozen such rules in phases 1 and 2: 3 µs
 * less in phase 1 of a browser's request (bench, level 1).
 */
export class SettledMatch {
  readonly #rule: CompiledRule;
  readonly #target: CompiledTarget;
  #text: ByteString | undefined = undefined;
  #matches: readonly MatchRecord[] = [];

  constructor(rule: CompiledRule, target: CompiledTarget) {
    this.#rule = rule;
    this.#target = target;
  }

  /** What the match of a transaction is recorded as, whose value passes the rule's cheap test. */
  matchesOf(tx: Transaction): readonly MatchRecord[] {
    const { tx: number, count, selector } = this.#target;
    const entry = tx.variables.tx.at(number);
    const text = count ? (entry === undefined ? "0" : "1") : entry!.value;
    if (text === this.#text) return this.#matches;
    const matches = [new MatchRecord(this.#rule, this.#target, count ? new Entry(selector!.text, text) : entry, text)];
    if (text.length <= OWN_LENGTH) {
      this.#text = text;
      this.#matches = matches;
    }
    return matches;
  }
}

/** Undefined for a rule that does more, or looks at more. */
export function settledMatch(rule: CompiledRule): SettledMatch | undefined {
  const { cheapTest, targets, next, chainLevel, capture, multiMatch, mayWait, actions } = rule;
  if (cheapTest === undefined || next !== undefined || chainLevel > 0) return undefined;
  if (capture || multiMatch || mayWait || actions.length > 0) return undefined;
  const hasTexts = rule.message !== undefined || rule.logData !== undefined || rule.tagMacros !== undefined;
  return hasTexts ? undefined : new SettledMatch(rule, targets[0]!);
}
