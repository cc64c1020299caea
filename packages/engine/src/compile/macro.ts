import { nearestName } from "@cuirass/seclang";
import type { ByteString } from "../text/bytes.ts";
import type { Collection } from "../variables/collections.ts";
import type { TransactionState } from "../transaction-state.ts";
import type { Variables } from "../variables/variables.ts";
import { toLowerAscii } from "../text/ascii.ts";
import { ownCopy } from "../text/own-copy.ts";
import { txNumber } from "../variables/tx-variables.ts";
import { variableId, variableTable } from "../variables/variable-table.ts";

/** A text with `%{...}` parts, parsed at load (spec: seclang, 11). */
export interface Macro {
  /** As written. */
  readonly text: ByteString;
  /** False when there is nothing to expand; `expand` then returns `text`. */
  readonly dynamic: boolean;
  expand(tx: TransactionState): ByteString;
  /** The same with TX variables by number from elsewhere; undefined when it has others. */
  expandWith(variable: (tx: number) => ByteString | undefined): ByteString | undefined;
}

/** A macro text that cannot be parsed. */
export class MacroError extends Error {
  /** Bytes into the text. */
  readonly offset: number;
  readonly hint: string | undefined;
  constructor(message: string, offset: number, hint?: string) {
    super(message);
    this.name = "MacroError";
    this.offset = offset;
    this.hint = hint;
  }
}

/** `%{NAME}` or `%{NAME.key}` in a macro text. */
interface Reference {
  readonly of: (variables: Variables) => Collection;
  /** Lower-case; "" without a key. */
  readonly key: ByteString;
  /** Number of the TX variable, -1 for another one. */
  readonly tx: number;
  /** What stood between the braces. */
  readonly text: ByteString;
}

/**
 * Parses a text that may hold `%{NAME}` and `%{NAME.key}`; a `%` without a brace is literal.
 *
 * `numberOf` numbers the TX variables that are named; -1 has them looked up by name.
 *
 * Compat: `%{NAME:key}` is accepted as ModSecurity does; Coraza refuses it (gaps B).
 * @throws MacroError on an unknown name, an empty name or key, any other character, or a missing brace.
 */
export function parseMacro(text: ByteString, numberOf: (name: ByteString) => number = txNumber): Macro {
  const literals: ByteString[] = [];
  const references: Reference[] = [];
  let from = 0;
  for (let open = text.indexOf("%{"); open >= 0; open = text.indexOf("%{", from)) {
    const close = text.indexOf("}", open);
    if (close < 0) throw new MacroError("the macro is not closed", open, "expected }");
    literals.push(text.slice(from, open));
    references.push(parseReference(text.slice(open + 2, close), open + 2, numberOf));
    from = close + 1;
  }
  if (references.length === 0) return new PlainText(text);
  literals.push(text.slice(from));
  return new Expandable(text, literals, references);
}

/** Perf: classes instead of closures: thousands of them are made for a rule set. */
class PlainText implements Macro {
  readonly text: ByteString;
  constructor(text: ByteString) {
    this.text = text;
  }
  get dynamic(): boolean {
    return false;
  }
  expand(): ByteString {
    return this.text;
  }
  expandWith(): ByteString {
    return this.text;
  }
}

/** Short values whose expansion is kept, for each macro with one reference. */
const KEPT = 128;
const KEPT_LENGTH = 64;

class Expandable implements Macro {
  readonly text: ByteString;
  readonly #literals: readonly ByteString[];
  readonly #references: readonly Reference[];
  #kept: Map<ByteString, ByteString> | undefined = undefined;
  constructor(text: ByteString, literals: readonly ByteString[], references: readonly Reference[]) {
    this.text = text;
    this.#literals = literals;
    this.#references = references;
  }
  get dynamic(): boolean {
    return true;
  }
  expand(tx: TransactionState): ByteString {
    if (this.#references.length === 1) return this.#around(valueOf(this.#references[0]!, tx.variables));
    return expand(this.#literals, this.#references, tx.variables);
  }
  /**
   * The expansion with one value between the literals.
   * Perf: names that are made of names of headers come again and again, as one text whose hash is known: phase 1 of a browser's
   * request 60 µs instead of 63 (bench, level 1).
   */
  #around(value: ByteString): ByteString {
    const [before, after] = this.#literals as readonly [ByteString, ByteString];
    if (before.length + after.length === 0) return value;
    if (value.length > KEPT_LENGTH) return before + value + after;
    this.#kept ??= new Map();
    let text = this.#kept.get(value);
    if (text === undefined) {
      if (this.#kept.size === KEPT) this.#kept.clear();
      const own = ownCopy(value);
      text = before + own + after;
      this.#kept.set(own, text);
    }
    return text;
  }
  expandWith(variable: (tx: number) => ByteString | undefined): ByteString | undefined {
    let out = this.#literals[0]!;
    for (const [at, { tx, text }] of this.#references.entries()) {
      if (tx < 0) return undefined;
      out += (variable(tx) ?? text) + this.#literals[at + 1]!;
    }
    return out;
  }
}

function parseReference(text: ByteString, offset: number, numberOf: (name: ByteString) => number): Reference {
  const separator = text.search(/[.:]/);
  const name = separator < 0 ? text : text.slice(0, separator);
  const wrong = name.search(/\W/);
  if (wrong >= 0) throw unexpected(name, wrong, offset);
  if (name === "") throw new MacroError("the macro has no name", offset, "as in %{REQUEST_URI} or %{TX.score}");
  const variable = variableId(name);
  if (variable === undefined) {
    const known = variableTable.map((definition) => definition.name);
    const nearest = nearestName(name, known);
    const hint = nearest === undefined ? undefined : `did you mean ${nearest}?`;
    throw new MacroError(`unknown variable "${name}" in a macro`, offset, hint);
  }
  const { of } = variableTable[variable]!;
  if (separator < 0) return { of, key: "", tx: -1, text };
  const key = text.slice(separator + 1);
  const keyOffset = offset + separator + 1;
  if (key === "") throw new MacroError(`the key of %{${text}} is missing`, keyOffset, "as in %{TX.score}");
  const wrongInKey = key.search(/[^\w\-.[\]]/);
  if (wrongInKey >= 0) throw unexpected(key, wrongInKey, keyOffset);
  const lowerKey = toLowerAscii(key);
  return { of, key: lowerKey, tx: variableTable[variable]!.name === "TX" ? numberOf(lowerKey) : -1, text };
}

function unexpected(text: ByteString, at: number, offset: number): MacroError {
  const hint = "between the braces only letters, digits and _ - . [ ] are allowed";
  return new MacroError(`unexpected "${text[at]!}" in a macro`, offset + at, hint);
}

function expand(literals: readonly ByteString[], references: readonly Reference[], variables: Variables): ByteString {
  let out = literals[0]!;
  for (let at = 0; at < references.length; at++) {
    out += valueOf(references[at]!, variables) + literals[at + 1]!;
  }
  return out;
}

/** Compat: where there is no value the text inside the braces is inserted, as Coraza does; ModSecurity 3 inserts nothing. */
function valueOf({ of, key, tx, text }: Reference, variables: Variables): ByteString {
  return (tx < 0 ? of(variables).first(key) : variables.tx.at(tx)?.value) ?? text;
}
