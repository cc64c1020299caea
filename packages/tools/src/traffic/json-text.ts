import { utf8 } from "./recorded-exchange.ts";

/**
 * Parses JSON so that its strings are byte strings.
 *
 * Perf: JSON read as latin1 has byte strings already and is not converted; only `\u` escapes need the long way, which
 * takes four times as long.
 */
export function parseJsonBytes(bytes: Buffer): unknown {
  if (!bytes.includes("\\u")) return JSON.parse(bytes.toString("latin1"));
  return JSON.parse(bytes.toString("utf8"), (key, value: unknown) => {
    if (typeof value === "string") return utf8(value);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, content]) => [utf8(name), content as unknown]));
  });
}
