import { readFileSync, writeFileSync } from "node:fs";
import type { Finding } from "@cuirass/lint";
import { applyFixes } from "@cuirass/lint";

/**
 * Writes what can be mended mechanically into the files and returns how many findings that was. Texts that are no files, and
 * files that have changed since they were read, are left alone.
 */
export function fixFiles(findings: readonly Finding[]): number {
  let count = 0;
  for (const { source, text, fixed } of applyFixes(findings)) {
    let current: string;
    try {
      current = readFileSync(source.name, "latin1");
    } catch {
      continue;
    }
    if (current !== source.text) continue;
    writeFileSync(source.name, text, "latin1");
    count += fixed.length;
  }
  return count;
}
