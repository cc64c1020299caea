import type { Collection, Entry, Selector } from "./collections.ts";
import type { ByteString } from "../text/bytes.ts";
import { Keyed } from "./collections.ts";

/** A value that matched: where it came from and what the operator saw. */
export interface MatchedValue {
  /** SecLang name of the variable. */
  readonly variable: string;
  /** Key as received; "" for single values. */
  readonly key: ByteString;
  readonly value: ByteString;
}

const noValues: MatchedValue[] = [];

/** What MATCHED_VAR, MATCHED_VARS and their names are views of: kept by the evaluator, looked at by few rules. */
export class Matched {
  /** Those of the rule or chain being evaluated, or evaluated last; may go on growing. */
  get values(): readonly MatchedValue[] {
    return this.#values;
  }
  last: MatchedValue | undefined = undefined;
  #values: MatchedValue[] = noValues;

  clear(): void {
    this.#values = noValues;
  }

  /** As after rules that matched these values, or matched something before them. */
  become(values: readonly MatchedValue[], last: MatchedValue): void {
    // A list that other transactions have too is never added to: the next rule clears it.
    this.#values = values as MatchedValue[];
    this.last = last;
  }

  /** Perf: a list of one takes a tenth of the memory of one that was empty and grows, and most rules match once. */
  add(value: MatchedValue): void {
    if (this.#values === noValues) this.#values = [value];
    else this.#values.push(value);
    this.last = value;
  }
}

/** `NAME:key` of a match, or `NAME` when the variable is a single value. */
function nameOf({ variable, key }: MatchedValue): ByteString {
  return key === "" ? variable : `${variable}:${key}`;
}

/** MATCHED_VAR_NAME; "" when nothing matched yet. */
export function nameOfLast({ last }: Matched): ByteString {
  return last === undefined ? "" : nameOf(last);
}

/** MATCHED_VARS. */
export class MatchedVars implements Collection {
  readonly name = "MATCHED_VARS";
  readonly #matched: Matched;
  /** The values of `#of` so far. */
  #keyed: Keyed | undefined = undefined;
  #of: readonly MatchedValue[] = noValues;

  constructor(matched: Matched) {
    this.#matched = matched;
  }

  select(selector: Selector | undefined, out: Entry[]): void {
    this.#upToDate().select(selector, out);
  }

  first(key?: ByteString): ByteString | undefined {
    return this.#upToDate().first(key);
  }

  data(): Map<ByteString, ByteString[]> {
    return this.#upToDate().data();
  }

  /** Adds what came since the last time, so that a look after every match costs no more than one at the end. */
  #upToDate(): Keyed {
    const { values } = this.#matched;
    if (this.#keyed === undefined || this.#of !== values) this.#keyed = new Keyed(this.name);
    this.#of = values;
    for (let at = this.#keyed.size; at < values.length; at++) this.#keyed.add(nameOf(values[at]!), values[at]!.value);
    return this.#keyed;
  }
}
