import { statSync } from "node:fs";
import { resolve } from "node:path";

/**
 * Directives that an option gives as text or as the name of a file. A file is included, not copied: errors name it, and a
 * reload reads it again.
 */
export function textOrFile(value: string | undefined): string | undefined {
  if (value === undefined || statSync(value, { throwIfNoEntry: false })?.isFile() !== true) return value;
  return `Include "${resolve(value)}"\n`;
}
