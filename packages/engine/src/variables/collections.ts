import { toLowerAscii } from "../text/ascii.ts";
import type { ByteString } from "../text/bytes.ts";
import type { Haystack } from "../evaluate/haystack.ts";
import type { KeyPattern } from "./key-pattern.ts";

/** One value of a variable: its key as received, and the value. */
export class Entry {
  readonly key: ByteString;
  /** Invariant: never another text while it is shared. */
  value: ByteString;
  /** Other transactions have it too. */
  readonly shared: boolean;
  /** What the rules' prefilter knows of the value; theirs to fill and to check against the value. */
  haystack: Haystack | undefined = undefined;
  #lowerKey: ByteString | undefined;
  #named: Entry | undefined = undefined;
  constructor(key: ByteString, value: ByteString, lowerKey?: ByteString, shared = false) {
    this.key = key;
    this.value = value;
    this.#lowerKey = lowerKey;
    this.shared = shared;
  }
  /** The key for look-ups. */
  get lowerKey(): ByteString {
    return (this.#lowerKey ??= toLowerAscii(this.key));
  }
  /** The entry of a view on names: its value is the key. */
  get named(): Entry {
    return (this.#named ??= new Entry(this.key, this.key, this.#lowerKey, this.shared));
  }
}

/** Which entries of a collection are meant: a key (lower-case) or a pattern searched in the key, case-insensitively. */
export type Selector =
  | { readonly kind: "key"; readonly key: ByteString; readonly text: ByteString }
  | { readonly kind: "regex"; readonly pattern: KeyPattern; readonly text: ByteString };

/** True when the selector means this entry. No selector means every entry. */
export function selects(selector: Selector | undefined, entry: Entry): boolean {
  if (selector === undefined) return true;
  if (selector.kind === "regex") return selector.pattern.test(entry);
  return entry.key.length === selector.key.length && entry.lowerKey === selector.key;
}

/** A variable's values in one transaction. */
export interface Collection {
  /** SecLang name, as match records report it. */
  readonly name: string;
  /** Appends the selected entries to `out`, in insertion order. */
  select(selector: Selector | undefined, out: Entry[]): void;
  /** First value under the key (any case); for single values the key is ignored. */
  first(key?: ByteString): ByteString | undefined;
  /** All values by key as received, for hosts and logs. */
  data(): Map<ByteString, ByteString[]>;
}

/** Values by key, for `Collection.data`. */
export function dataOf(entries: readonly Entry[]): Map<ByteString, ByteString[]> {
  const data = new Map<ByteString, ByteString[]>();
  for (const entry of entries) {
    const values = data.get(entry.key);
    if (values) values.push(entry.value);
    else data.set(entry.key, [entry.value]);
  }
  return data;
}

/** Whether a single value counts as one entry while it is empty (`&NAME` is 1), or as none (`&NAME` is 0). */
export type Presence = "always" | "unless-empty";

/** One text value. */
export class Single implements Collection {
  readonly name: string;
  readonly #presence: Presence;
  #value: ByteString;
  /** Made when somebody asks: rules look at few of these. */
  #entry: Entry | undefined = undefined;
  constructor(name: string, value: ByteString = "", presence: Presence = "always") {
    this.name = name;
    this.#presence = presence;
    this.#value = value;
  }
  get value(): ByteString {
    return this.#value;
  }
  set(value: ByteString): void {
    this.#value = value;
    if (this.#entry !== undefined) this.#entry.value = value;
  }
  select(selector: Selector | undefined, out: Entry[]): void {
    // Compat: a key on a single value finds nothing, so that a regex exclusion never hides the whole variable (gaps A16).
    if (selector !== undefined || !isPresent(this.#value, this.#presence)) return;
    out.push((this.#entry ??= new Entry("", this.#value, "")));
  }
  first(): ByteString {
    return this.#value;
  }
  data(): Map<ByteString, ByteString[]> {
    return singleData(this.#value, this.#presence);
  }
}

/** Whether a single value counts as an entry. */
export function isPresent(value: ByteString, presence: Presence): boolean {
  return value !== "" || presence === "always";
}

export function singleData(value: ByteString, presence: Presence): Map<ByteString, ByteString[]> {
  return new Map(isPresent(value, presence) ? [["", [value]]] : []);
}

/** Names are found one by one up to this number of values: an index of them is made for more, or to change them. */
const FEW = 32;

/** Names with one or more values each, in insertion order, looked up without regard to ASCII case. */
export class Keyed implements Collection {
  readonly name: string;
  /** Invariant: insertion order over all names (Compat: gaps A32, Coraza's order is random). */
  readonly entries: Entry[] = [];
  #byKey: Map<ByteString, Entry[]> | undefined;
  constructor(name: string) {
    this.name = name;
  }
  /** Number of values. */
  get size(): number {
    return this.entries.length;
  }
  /** Number of names, without regard to case. */
  get distinctNames(): number {
    return this.#index().size;
  }
  /** Adds a value; earlier values of the name stay. */
  add(key: ByteString, value: ByteString): void {
    this.addEntry(new Entry(key, value));
  }
  addEntry(entry: Entry): void {
    this.entries.push(entry);
    if (this.#byKey) index(this.#byKey, entry);
  }
  /** Replaces all values of the name by one, at the place of the first. */
  set(key: ByteString, value: ByteString): void {
    this.replace(key, toLowerAscii(key), value);
  }
  /** `set` with the key in lower case at hand; gives the first value that was there. */
  replace(key: ByteString, lowerKey: ByteString, value: ByteString): ByteString | undefined {
    const byKey = this.#index();
    const known = byKey.get(lowerKey);
    if (known === undefined) {
      const entry = new Entry(key, value, lowerKey);
      this.entries.push(entry);
      byKey.set(lowerKey, [entry]);
      return undefined;
    }
    const first = known[0]!;
    const before = first.value;
    if (first.shared) this.entries[this.entries.indexOf(first)] = known[0] = new Entry(first.key, value, lowerKey);
    else first.value = value;
    if (known.length > 1) {
      for (const extra of known.splice(1)) this.entries.splice(this.entries.indexOf(extra), 1);
    }
    return before;
  }
  /** Removes all values of the name; true when there were any. */
  remove(key: ByteString): boolean {
    const byKey = this.#index();
    const lower = toLowerAscii(key);
    const known = byKey.get(lower);
    if (!known) return false;
    byKey.delete(lower);
    for (const entry of known) this.entries.splice(this.entries.indexOf(entry), 1);
    return true;
  }
  has(key: ByteString): boolean {
    return this.#index().has(toLowerAscii(key));
  }
  /** All values of a name in lower case; undefined when there is none. */
  lookUp(lowerKey: ByteString): readonly Entry[] | undefined {
    return this.#index().get(lowerKey);
  }
  clear(): void {
    this.entries.length = 0;
    this.#byKey = undefined;
  }
  select(selector: Selector | undefined, out: Entry[]): void {
    if (selector === undefined) {
      for (let at = 0; at < this.entries.length; at++) out.push(this.entries[at]!);
    } else if (selector.kind === "key") {
      if (this.#byKey === undefined && this.entries.length <= FEW) return this.#selectFew(selector.key, out);
      const known = this.#index().get(selector.key);
      if (known) for (let at = 0; at < known.length; at++) out.push(known[at]!);
    } else {
      for (let at = 0; at < this.entries.length; at++) {
        const entry = this.entries[at]!;
        if (selector.pattern.test(entry)) out.push(entry);
      }
    }
  }
  first(key: ByteString = ""): ByteString | undefined {
    return this.#index().get(toLowerAscii(key))?.[0]?.value;
  }
  data(): Map<ByteString, ByteString[]> {
    return dataOf(this.entries);
  }
  #selectFew(lowerKey: ByteString, out: Entry[]): void {
    const { length } = lowerKey;
    for (let at = 0; at < this.entries.length; at++) {
      const entry = this.entries[at]!;
      if (entry.key.length === length && entry.lowerKey === lowerKey) out.push(entry);
    }
  }
  #index(): Map<ByteString, Entry[]> {
    if (this.#byKey) return this.#byKey;
    const byKey = new Map<ByteString, Entry[]>();
    for (const entry of this.entries) index(byKey, entry);
    return (this.#byKey = byKey);
  }
}

function index(byKey: Map<ByteString, Entry[]>, entry: Entry): void {
  const known = byKey.get(entry.lowerKey);
  if (known) known.push(entry);
  else byKey.set(entry.lowerKey, [entry]);
}

/** View on several collections, in the order given; matches are reported under the view's own name. */
export class Concat implements Collection {
  readonly name: string;
  readonly #parts: readonly Collection[];
  constructor(name: string, parts: readonly Collection[]) {
    this.name = name;
    this.#parts = parts;
  }
  select(selector: Selector | undefined, out: Entry[]): void {
    for (let at = 0; at < this.#parts.length; at++) this.#parts[at]!.select(selector, out);
  }
  first(key: ByteString = ""): ByteString | undefined {
    for (const part of this.#parts) {
      const value = part.first(key);
      if (value !== undefined) return value;
    }
    return undefined;
  }
  data(): Map<ByteString, ByteString[]> {
    const all: Entry[] = [];
    this.select(undefined, all);
    return dataOf(all);
  }
}

/** View on the names of a collection: one entry per value, whose value is the name as received. */
export class Names implements Collection {
  readonly name: string;
  readonly #of: Collection;
  constructor(name: string, of: Collection) {
    this.name = name;
    this.#of = of;
  }
  select(selector: Selector | undefined, out: Entry[]): void {
    const from = out.length;
    this.#of.select(selector, out);
    for (let at = from; at < out.length; at++) out[at] = out[at]!.named;
  }
  first(key: ByteString = ""): ByteString | undefined {
    // Compat: a macro on a names view gives the first *value* stored under the name, as Coraza does (spec: seclang, 11).
    return this.#of.first(key);
  }
  data(): Map<ByteString, ByteString[]> {
    const all: Entry[] = [];
    this.select(undefined, all);
    return dataOf(all);
  }
}
