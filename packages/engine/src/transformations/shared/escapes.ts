import type { ByteString } from "../../text/bytes.ts";

const controls: ReadonlyMap<string, string> = new Map([
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
]);

/** The byte that `\letter` stands for, undefined when it is no control escape. */
export function controlEscape(letter: string): ByteString | undefined {
  return controls.get(letter);
}

/** What an escape stands for, and where the text goes on behind it. */
export interface DecodedEscape {
  readonly text: ByteString;
  readonly next: number;
}

/** Replaces every escape by what `decode` makes of it; a backslash at the very end stays. */
export function decodeEscapes(value: ByteString, decode: (value: ByteString, at: number) => DecodedEscape): ByteString {
  if (!value.includes("\\")) return value;
  let decoded = "";
  let from = 0;
  for (let at = value.indexOf("\\"); at >= 0 && at + 1 < value.length; at = value.indexOf("\\", from)) {
    const { text, next } = decode(value, at);
    decoded += value.slice(from, at) + text;
    from = next;
  }
  return from === 0 ? value : decoded + value.slice(from);
}

/** Offset after at most three octal digits that begin here. */
export function octalEnd(value: ByteString, from: number): number {
  let end = from;
  while (end < from + 3 && value.charCodeAt(end) >= 0x30 && value.charCodeAt(end) <= 0x37) end++;
  return end;
}

/** Low byte of a code point; full-width ASCII (U+FF01-U+FF5E) becomes ASCII. */
export function foldFullWidth(high: number, low: number): number {
  return high === 0xff && low >= 0x01 && low <= 0x5e ? low + 0x20 : low;
}
