import type { ByteString } from "../text/bytes.ts";
import type { Collection, Presence, Selector } from "./collections.ts";
import type { Compute, TransactionOrigin } from "./computed.ts";
import type { Variables } from "./variables.ts";
import { Entry, isPresent, singleData } from "./collections.ts";

/**
 * A single value that is worked out whenever it is looked at. It keeps nothing, so it is made for each look.
 * Perf: a transaction has two dozen of them and most rules look at none (bench, level 1).
 */
export class Computed implements Collection {
  readonly name: string;
  readonly #compute: Compute;
  readonly #variables: Variables;
  readonly #origin: TransactionOrigin;
  readonly #presence: Presence;
  constructor(
    name: string,
    compute: Compute,
    variables: Variables,
    origin: TransactionOrigin,
    presence: Presence = "always",
  ) {
    this.name = name;
    this.#compute = compute;
    this.#variables = variables;
    this.#origin = origin;
    this.#presence = presence;
  }
  get value(): ByteString {
    return this.#compute(this.#variables, this.#origin);
  }
  select(selector: Selector | undefined, out: Entry[]): void {
    if (selector !== undefined) return;
    const { value } = this;
    if (isPresent(value, this.#presence)) out.push(new Entry("", value, ""));
  }
  first(): ByteString {
    return this.value;
  }
  data(): Map<ByteString, ByteString[]> {
    return singleData(this.value, this.#presence);
  }
}

/** A single value that is fetched at the first look and kept: no rule asks, no work. */
export class Late implements Collection {
  readonly name: string;
  #source: (() => ByteString) | undefined = undefined;
  #value: ByteString = "";
  constructor(name: string) {
    this.name = name;
  }
  get value(): ByteString {
    const source = this.#source;
    if (source === undefined) return this.#value;
    this.#value = source();
    this.#source = undefined;
    return this.#value;
  }
  /** From now on the value is this. */
  set(value: ByteString): void {
    this.#source = undefined;
    this.#value = value;
  }
  /** From now on the value is what the function gives at its first call. */
  setSource(source: () => ByteString): void {
    this.#source = source;
  }
  select(selector: Selector | undefined, out: Entry[]): void {
    if (selector === undefined) out.push(new Entry("", this.value, ""));
  }
  first(): ByteString {
    return this.value;
  }
  data(): Map<ByteString, ByteString[]> {
    return singleData(this.value, "always");
  }
}
