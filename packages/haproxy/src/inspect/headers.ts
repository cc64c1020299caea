import type { TypedData } from "../spop/typed-data.ts";
import { latin1, SpopReader } from "../spop/reader.ts";
import { readName } from "../spop/typed-data.ts";

/** Header lines in order, and how many could not be read as `name: value`. */
export interface HeaderLines {
  readonly lines: readonly (readonly [name: string, value: string])[];
  readonly bad: number;
}

/** Name under which a line without a colon reaches the rules, so that it is inspected and not lost. */
const INVALID = "x-invalid-header";

const noValues: readonly string[] = [];
const none: HeaderLines = { lines: [], bad: 0 };

/** Headers as HAProxy sends them: text (`req.hdrs`) or name and value pairs (`req.hdrs_bin`). */
export function readHeaders(data: TypedData | undefined): HeaderLines {
  if (data?.type === "string") return readText(latin1(data.value));
  return data?.type === "binary" ? readPairs(data.value) : none;
}

function readText(text: string): HeaderLines {
  const lines: [string, string][] = [];
  let bad = 0;
  for (let start = 0; start < text.length;) {
    let end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    const line = trim(text, start, end);
    start = end + 1;
    if (line === "") continue;
    const colon = line.indexOf(":");
    if (colon < 0) {
      bad++;
      lines.push([INVALID, line]);
    } else lines.push([trim(line, 0, colon), trim(line, colon + 1, line.length)]);
  }
  return { lines, bad };
}

/** Pairs of a length and bytes each, ended by two empty strings. A broken list counts as one bad header. */
function readPairs(bytes: Uint8Array): HeaderLines {
  const lines: [string, string][] = [];
  const reader = new SpopReader(bytes);
  try {
    while (!reader.done) {
      const name = readName(reader);
      const value = readName(reader);
      if (name !== "" || value !== "") lines.push([name, value]);
    }
    return { lines, bad: 0 };
  } catch {
    lines.push([INVALID, latin1(bytes)]);
    return { lines, bad: 1 };
  }
}

/** The part between two positions without blanks, tabs and CR at its ends. */
function trim(text: string, start: number, end: number): string {
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d;
}

/** All values of a header, by lower-case name. */
export function headerValues(headers: HeaderLines, name: string): readonly string[] {
  let values: string[] | undefined;
  for (const line of headers.lines) {
    const key = line[0];
    if (key.length === name.length && (key === name || key.toLowerCase() === name)) (values ??= []).push(line[1]);
  }
  return values ?? noValues;
}
