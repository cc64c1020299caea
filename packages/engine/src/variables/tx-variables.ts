import type { Collection, Selector } from "./collections.ts";
import type { ByteString } from "../text/bytes.ts";
import type { KeyPattern } from "./key-pattern.ts";
import { toLowerAscii } from "../text/ascii.ts";
import { dataOf, Entry } from "./collections.ts";

/** Captures are numbered by themselves: `TX:0` to `TX:10`. */
export const captureNames: readonly ByteString[] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];

/**
 * Numbers of the TX variables that rules spell out, for the whole process: there are as many as names in configurations, and
 * no traffic adds to them.
 */
const names: ByteString[] = [...captureNames];
const numbers = new Map<ByteString, number>(names.map((name, number) => [name, number]));

/** The number of a variable that a rule spells out; the name in lower case. */
export function txNumber(name: ByteString): number {
  let number = numbers.get(name);
  if (number === undefined) {
    number = names.push(name) - 1;
    numbers.set(name, number);
  }
  return number;
}

/** By number: 1 where a pattern is found in the name; and whether it is in any of them. */
interface Verdicts {
  readonly found: Uint8Array;
  readonly any: boolean;
}

const verdicts = new WeakMap<KeyPattern, Verdicts>();

function verdictsOf(pattern: KeyPattern): Verdicts {
  let known = verdicts.get(pattern);
  if (known === undefined || known.found.length < names.length) {
    const found = Uint8Array.from(names, (name) => (pattern.test({ key: name, lowerKey: name }) ? 1 : 0));
    verdicts.set(pattern, (known = { found, any: found.includes(1) }));
  }
  return known;
}

/**
 * TX: one value per name, in insertion order, looked up without regard to ASCII case.
 * Perf: variables that rules spell out are found by number: a transaction under the CRS sets a hundred of them and asks for
 * them five hundred times (bench, level 1).
 */
export class TxVariables implements Collection {
  readonly name = "TX";
  readonly entries: Entry[] = [];
  /** By position in `entries`: its number, -1 for a name that no rule spells out. */
  readonly #numbers: number[] = [];
  /** By number. Names that were numbered since are still looked up by name. */
  readonly #numbered: (Entry | undefined)[] = new Array<Entry | undefined>(names.length);
  #others: Map<ByteString, Entry> | undefined = undefined;

  get size(): number {
    return this.entries.length;
  }

  /** The variable with this number, if it is set. */
  at(number: number): Entry | undefined {
    return number < this.#numbered.length ? this.#numbered[number] : this.#others?.get(names[number]!);
  }

  /** Sets the variable with this number; gives its value before. */
  setAt(number: number, value: ByteString): ByteString | undefined {
    const known = this.at(number);
    if (known === undefined) {
      this.#add(names[number]!, number, value);
      return undefined;
    }
    const before = known.value;
    known.value = value;
    return before;
  }

  /** Sets a variable; gives its value before. */
  set(key: ByteString, value: ByteString): ByteString | undefined {
    return this.setNamed(toLowerAscii(key), value);
  }

  /** `set` with the key in lower case. */
  setNamed(name: ByteString, value: ByteString): ByteString | undefined {
    const number = numbers.get(name);
    if (number !== undefined) return this.setAt(number, value);
    const known = this.#others?.get(name);
    if (known === undefined) {
      this.#add(name, -1, value);
      return undefined;
    }
    const before = known.value;
    known.value = value;
    return before;
  }

  /** Removes a variable; true when there was one. */
  remove(key: ByteString): boolean {
    const name = toLowerAscii(key);
    const entry = this.#find(name);
    if (entry === undefined) return false;
    const at = this.entries.indexOf(entry);
    const number = this.#numbers[at]!;
    if (number >= 0) this.#numbered[number] = undefined;
    else this.#others!.delete(name);
    this.entries.splice(at, 1);
    this.#numbers.splice(at, 1);
    return true;
  }

  has(key: ByteString): boolean {
    return this.#find(toLowerAscii(key)) !== undefined;
  }

  select(selector: Selector | undefined, out: Entry[]): void {
    if (selector?.kind === "key") {
      const entry = this.#find(selector.key);
      if (entry !== undefined) out.push(entry);
      return;
    }
    if (selector === undefined) {
      for (let at = 0; at < this.entries.length; at++) out.push(this.entries[at]!);
      return;
    }
    const { pattern } = selector;
    const { found, any } = verdictsOf(pattern);
    if (!any) {
      // In order of insertion too.
      this.#others?.forEach((entry) => {
        if (pattern.test(entry)) out.push(entry);
      });
      return;
    }
    for (let at = 0; at < this.entries.length; at++) {
      const entry = this.entries[at]!;
      const number = this.#numbers[at]!;
      if (number < 0 ? pattern.test(entry) : found[number] === 1) out.push(entry);
    }
  }

  first(key: ByteString = ""): ByteString | undefined {
    return this.#find(toLowerAscii(key))?.value;
  }

  data(): Map<ByteString, ByteString[]> {
    return dataOf(this.entries);
  }

  #add(name: ByteString, number: number, value: ByteString): void {
    const entry = new Entry(name, value, name);
    const isNumbered = number >= 0 && number < this.#numbered.length;
    if (isNumbered) this.#numbered[number] = entry;
    else (this.#others ??= new Map()).set(name, entry);
    this.entries.push(entry);
    this.#numbers.push(isNumbered ? number : -1);
  }

  #find(name: ByteString): Entry | undefined {
    const number = numbers.get(name);
    return number === undefined ? this.#others?.get(name) : this.at(number);
  }
}
