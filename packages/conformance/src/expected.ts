import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

/** Expected failures of a list (`expected-differences/NAME.yaml`) by case id; empty when there is no such file. */
export function readExpected(name: string): ReadonlyMap<string, string> {
  const path = fileURLToPath(new URL(`../expected-differences/${name}.yaml`, import.meta.url));
  if (!existsSync(path)) return new Map();
  const entries = (parse(readFileSync(path, "utf8")) ?? []) as readonly { id: string; reason: string }[];
  for (const { id, reason } of entries) {
    if (typeof id !== "string" || typeof reason !== "string" || reason === "")
      throw new Error(`${path}: entry without id or reason`);
  }
  return new Map(entries.map(({ id, reason }) => [id, reason]));
}
