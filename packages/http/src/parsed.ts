import type { Transaction } from "@cuirass/engine";
import { encodeUtf8 } from "@cuirass/engine";

/** What a framework made of a request. Any part may be missing. */
export interface ParsedRequest {
  readonly query?: unknown;
  readonly params?: unknown;
  readonly body?: unknown;
}

/** Name and value as byte strings. */
export type Leaf = readonly [name: string, value: string];

/** Texts that a framework read out of a request, by where it found them. */
export interface ParsedLeaves {
  readonly query: readonly Leaf[];
  readonly params: readonly Leaf[];
  readonly body: readonly Leaf[];
  /** Values nested too deeply or too many to be listed. */
  readonly incomplete: boolean;
}

const DEPTH_LIMIT = 64;
const LEAF_LIMIT = 20_000;

/**
 * Lists the texts in what a framework parsed. Numbers, booleans and dates are left out: they carry no text of the client.
 * A body that is one text or bytes is left out too, since rules see the raw body.
 */
export function listLeaves(parsed: ParsedRequest): ParsedLeaves {
  const budget = { left: LEAF_LIMIT, exceeded: false };
  const list = (value: unknown): Leaf[] => {
    const out: Leaf[] = [];
    if (typeof value === "object" && value !== null) walk(value, "", 0, out, budget);
    return out;
  };
  const { query, params, body } = { query: list(parsed.query), params: list(parsed.params), body: list(parsed.body) };
  return { query, params, body, incomplete: budget.exceeded };
}

function walk(
  value: unknown,
  name: string,
  depth: number,
  out: Leaf[],
  budget: { left: number; exceeded: boolean },
): void {
  if (budget.left <= 0 || depth > DEPTH_LIMIT) {
    budget.exceeded = true;
  } else if (typeof value === "string") {
    budget.left--;
    out.push([name, encodeUtf8(value)]);
  } else if (Array.isArray(value)) {
    for (const item of value) walk(item, name, depth + 1, out, budget);
  } else if (typeof value === "object" && value !== null && isPlain(value)) {
    for (const key of Object.keys(value)) {
      const part = encodeUtf8(key);
      walk((value as Record<string, unknown>)[key], name === "" ? part : `${name}.${part}`, depth + 1, out, budget);
    }
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || (prototype as object).constructor?.name === "Object";
}

/** Where the framework read something that no rule saw; [] when nothing. */
export function findDisagreements(tx: Transaction, leaves: ParsedLeaves): ("query" | "params" | "body")[] {
  if (leaves.query.length + leaves.params.length + leaves.body.length === 0 && !leaves.incomplete) return [];
  const names = new Set<string>([""]);
  const values = new Set<string>();
  for (const collection of [tx.variables.argsGet, tx.variables.argsPost, tx.variables.argsPath]) {
    for (const entry of collection.entries) {
      values.add(entry.value);
      for (const part of splitName(entry.key)) names.add(part);
    }
  }
  const where: ("query" | "params" | "body")[] = [];
  if (!leaves.query.every(([name, value]) => values.has(value) && splitName(name).every((part) => names.has(part)))) {
    where.push("query");
  }
  // Path parameters are pieces of the path, decoded once: every rule sees the path, so only what is not in it counts.
  const path = tx.variables.requestFilename.value;
  if (!leaves.params.every(([, value]) => path.includes(value))) where.push("params");
  if (
    leaves.incomplete ||
    !leaves.body.every(([name, value]) => values.has(value) && splitName(name).every((part) => names.has(part)))
  ) {
    where.push("body");
  }
  return where;
}

/** `a[b].c` and `json.a.0.b` in pieces, since every parser writes nesting in its own way. */
function splitName(name: string): string[] {
  return name.split(/[.[\]]+/);
}
