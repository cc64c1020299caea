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

const COLON = 0x3a;

const noValues: readonly string[] = [];
const none: HeaderLines = { lines: [], bad: 0 };

/** Headers as HAProxy sends them: text (`req.hdrs`) or name and value pairs (`req.hdrs_bin`). */
export function readHeaders(data: TypedData | undefined): HeaderLines {
  if (data?.type === "string") return readText(data.value);
  return data?.type === "binary" ? readPairs(data.value) : none;
}

/**
 * Perf: values are decoded one by one and not cut out of the whole text, which V8 compares much more slowly: 5 µs of a browser's
 * request (bench, level 1).
 */
function readText(bytes: Uint8Array): HeaderLines {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString("latin1");
  const lines: [string, string][] = [];
  let bad = 0;
  for (let start = 0; start < text.length;) {
    let end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    const [from, to] = trimmed(text, start, end);
    start = end + 1;
    if (from === to) continue;
    let colon = from;
    while (colon < to && text.charCodeAt(colon) !== COLON) colon++;
    if (colon === to) {
      bad++;
      lines.push([INVALID, buffer.toString("latin1", from, to)]);
    } else {
      const name = trimmed(text, from, colon);
      const value = trimmed(text, colon + 1, to);
      lines.push([text.slice(...name), buffer.toString("latin1", ...value)]);
    }
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
function trimmed(text: string, start: number, end: number): [start: number, end: number] {
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return [start, end];
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
