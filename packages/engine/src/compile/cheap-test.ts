import type { CompiledOperator, CompiledTarget, Pipeline } from "./ruleset.ts";
import type { OperatorMatcher } from "../operator.ts";
import type { ByteString } from "../text/bytes.ts";
import type { TransactionState } from "../transaction-state.ts";
import { OWN_LENGTH } from "../text/own-copy.ts";

/** The test of a rule that compares numbers, `TX:key` or `&TX:key`: most rules that are evaluated whatever the values are. */
export class CheapTest {
  readonly #number: number;
  readonly #count: boolean;
  readonly #operator: CompiledOperator;
  readonly #ofText: boolean;
  /** Settings and scores: mostly the same number as the last time. Longer texts may keep others in memory. */
  #last: ByteString | undefined = undefined;
  #answer = false;

  constructor({ tx, count }: CompiledTarget, operator: CompiledOperator) {
    this.#number = tx;
    this.#count = count;
    this.#operator = operator;
    this.#ofText = operator.matcher.ofText !== undefined;
  }

  /** False when no value of the rule's target matches. Changes nothing. */
  passes(tx: TransactionState): boolean {
    const entry = tx.variables.tx.at(this.#number);
    if (this.#count) return this.#ask(entry === undefined ? "0" : "1", tx);
    return entry !== undefined && this.#ask(entry.value, tx);
  }

  #ask(value: ByteString, tx: TransactionState): boolean {
    if (value === this.#last) return this.#answer;
    const { matcher, negated } = this.#operator;
    const answer = (matcher.match(value, tx) as boolean) !== negated;
    if (this.#ofText && value.length <= OWN_LENGTH) {
      this.#last = value;
      this.#answer = answer;
    }
    return answer;
  }
}

/**
 * The cheap tests of a WAF's rules; those with one matcher (`SharedParts.operator`) that ask the same are one object.
 * Perf: some fifty of the CRS's rules ask for the paranoia level in every request, in half a dozen ways: what they look at
 * stays in the fastest cache. With exclusions and names of headers looked at later, 6 of 135 µs (bench, level 1).
 */
export class CheapTests {
  readonly #known = new Map<OperatorMatcher, Map<string, CheapTest>>();

  /** Undefined for rules that compare anything else. */
  of(
    targets: readonly CompiledTarget[],
    operator: CompiledOperator | undefined,
    pipeline: Pipeline,
  ): CheapTest | undefined {
    if (operator?.matcher.cheap !== true || targets.length !== 1 || pipeline.parent !== undefined) return undefined;
    const target = targets[0]!;
    if (target.tx < 0 || target.exclusions.length > 0) return undefined;
    const { matcher, negated } = operator;
    let tests = this.#known.get(matcher);
    if (tests === undefined) this.#known.set(matcher, (tests = new Map()));
    const key = `${target.tx} ${target.count} ${negated}`;
    let test = tests.get(key);
    if (test === undefined) tests.set(key, (test = new CheapTest(target, operator)));
    return test;
  }
}
