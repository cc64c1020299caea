import type { TargetSelectorNode } from "@cuirass/seclang";
import { isPatternError } from "@cuirass/regex";
import { nearestName } from "@cuirass/seclang";
import type { Selector } from "../variables/collections.ts";
import type { TargetExclusion } from "../control.ts";
import type { ByteString } from "../text/bytes.ts";
import { toLowerAscii } from "../text/ascii.ts";
import { KeyPattern } from "../variables/key-pattern.ts";
import { variableId, variableTable } from "../variables/variable-table.ts";

/** A selector that cannot be compiled. */
export class SelectorError extends Error {
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.name = "SelectorError";
    this.hint = hint;
  }
}

/** Keys of these are paths and never patterns, whatever slashes they hold (spec: seclang, 4). */
const pathVariables: ReadonlySet<string> = new Set(["XML", "REQUEST_XML", "RESPONSE_XML", "JSON"]);

/**
 * Compiles the part of a target after the colon.
 *
 * Compat: keys and key patterns disregard ASCII case for every variable, and a pattern's own text is left alone, so `\S`
 * stays `\S` (gaps A15).
 * @throws SelectorError when a pattern cannot be compiled.
 */
export function compileSelector({ kind, value }: Pick<TargetSelectorNode, "kind" | "value">): Selector {
  if (kind === "regex") return { kind: "regex", pattern: compileKeyPattern(value), text: `/${value}/` };
  const text = kind === "path" && value.length > 1 && value.endsWith("/") ? value.slice(0, -1) : value;
  return { kind: "key", key: toLowerAscii(text), text };
}

function compileKeyPattern(source: ByteString): KeyPattern {
  if (source === "") throw new SelectorError("the key pattern is empty", "leave the key out to mean every entry");
  try {
    return new KeyPattern(source);
  } catch (error) {
    if (isPatternError(error)) throw new SelectorError(`the key pattern is not usable: ${error.message}`, error.hint);
    throw error;
  }
}

/**
 * Compiles `VARIABLE` or `VARIABLE:key` of a ctl action. The key is trimmed; `/.../` from its first to its last byte is a
 * pattern (spec: seclang, 9).
 *
 * Compat: an unknown variable, or a key where there can be none, is an error at load; Coraza takes them and excludes
 * nothing.
 * @throws SelectorError
 */
export function compileExclusion(text: ByteString): TargetExclusion {
  const colon = text.indexOf(":");
  const name = (colon < 0 ? text : text.slice(0, colon)).trim();
  const id = variableId(name);
  if (id === undefined) throw unknownVariable(name);
  if (colon < 0) return { variable: id, selector: undefined };
  const key = text.slice(colon + 1).trim();
  if (key === "") throw new SelectorError(`the target ${name} ends in a colon`, "write a key, or no colon");
  const variable = variableTable[id]!;
  if (!variable.selectable) {
    throw new SelectorError(`${variable.name} is a single value and takes no key`, `write ${variable.name} alone`);
  }
  return { variable: id, selector: compileSelector(parseKey(name, key)) };
}

function parseKey(name: string, key: ByteString): Pick<TargetSelectorNode, "kind" | "value"> {
  if (pathVariables.has(name.toUpperCase())) return { kind: "path", value: key };
  const isPattern = key.length >= 2 && key.startsWith("/") && key.endsWith("/");
  return isPattern ? { kind: "regex", value: key.slice(1, -1) } : { kind: "key", value: key };
}

function unknownVariable(name: string): SelectorError {
  if (/^[!&]/.test(name)) {
    return new SelectorError(`"${name}" must be a variable without ! or &`, `write ${name.replace(/^[!&]+/, "")}`);
  }
  const known = variableTable.map((definition) => definition.name);
  const nearest = nearestName(name, known);
  return new SelectorError(
    `unknown variable "${name}"`,
    nearest === undefined ? "as in ARGS:password" : `did you mean ${nearest}?`,
  );
}
