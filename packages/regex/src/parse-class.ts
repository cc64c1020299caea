import type { Node } from "./ast.ts";
import { alternate } from "./ast.ts";
import { escapeSets } from "./atoms.ts";
import { ByteSet, posixClasses } from "./byte-set.ts";
import { parseHexEscape } from "./parse-escape.ts";
import { PatternError } from "./pattern-error.ts";
import { utf8CodePoint, utf8Range, utf8SequenceLength } from "./utf8-ranges.ts";

/** A member of a class before a possible `-`: a set, or one byte or code point. */
type Member = { readonly set: ByteSet } | { readonly value: number; readonly isCodePoint: boolean };

/** A class that was read before. */
interface KnownClass {
  readonly text: string;
  readonly node: Node;
}

const known: Readonly<Record<"exactCase" | "anyCase", Map<string, KnownClass>>> = {
  exactCase: new Map(),
  anyCase: new Map(),
};
/** Classes that are kept: the 6,776 of the CRS are 391 different ones. */
const KEPT_LIMIT = 1000;

/**
 * Parses a bracketed class that begins at `start`.
 *
 * Bytes make a set; characters beyond ASCII make alternatives of their UTF-8 sequences. A negated class is always one
 * byte: characters beyond ASCII in it exclude nothing, as no single byte is such a character (decisions, 1).
 */
export function parseClass(
  source: string,
  start: number,
  ignoreCase: boolean,
): { readonly node: Node; readonly next: number } {
  const classes = ignoreCase ? known.anyCase : known.exactCase;
  // Up to the first bracket that may close it: for most classes all of it.
  const key = source.slice(start, source.indexOf("]", start + 2) + 1);
  const before = classes.get(key);
  if (before !== undefined && source.startsWith(before.text, start)) {
    return { node: before.node, next: start + before.text.length };
  }
  const parsed = readClass(source, start, ignoreCase);
  if (classes.size >= KEPT_LIMIT) classes.clear();
  classes.set(detached(key), { text: detached(source.slice(start, parsed.next)), node: parsed.node });
  return parsed;
}

/** A copy of a part of a text that does not keep the whole of it in memory. */
function detached(part: string): string {
  return ` ${part}`.slice(1);
}

function readClass(source: string, start: number, ignoreCase: boolean): { readonly node: Node; readonly next: number } {
  let at = start + 1;
  const negated = source[at] === "^";
  if (negated) at++;
  const set = new ByteSet();
  const wide: Node[] = [];
  for (let first = true; ; first = false) {
    if (at >= source.length) throw new PatternError("syntax", "the class is not closed", start, "expected ]");
    if (source[at] === "]" && !first) break;
    const low = readMember(source, at, start);
    at = low.next;
    if ("set" in low.member) {
      set.addAll(low.member.set);
      continue;
    }
    let high = low.member;
    if (source[at] === "-" && at + 1 < source.length && source[at + 1] !== "]") {
      const end = readMember(source, at + 1, start);
      if ("set" in end.member) {
        // `[\w-\d]` and `[a-\d]`: the hyphen is literal, as PCRE reads it.
        set.add(0x2d).addAll(end.member.set);
      } else {
        high = end.member;
        if (high.value < low.member.value) {
          throw new PatternError("syntax", "the range of the class is in the wrong order", low.at);
        }
      }
      at = end.next;
    }
    addRange(set, wide, low.member, high);
  }
  const bytes = ignoreCase ? set.folded() : set;
  const node: Node = { kind: "set", set: negated ? bytes.negated() : bytes };
  return { node: negated || wide.length === 0 ? node : alternate(set.isEmpty ? wide : [node, ...wide]), next: at + 1 };
}

function addRange(
  set: ByteSet,
  wide: Node[],
  low: { readonly value: number; readonly isCodePoint: boolean },
  high: { readonly value: number; readonly isCodePoint: boolean },
): void {
  const isWide = high.isCodePoint && high.value > 0x7f;
  if (!isWide) {
    set.addRange(low.value, Math.min(high.value, 0xff));
    return;
  }
  if (low.value <= 0x7f) set.addRange(low.value, 0x7f);
  wide.push(utf8Range(Math.max(low.value, 0x80), high.value));
}

function readMember(
  source: string,
  at: number,
  start: number,
): { readonly member: Member; readonly at: number; readonly next: number } {
  if (source[at] === "[" && source[at + 1] === ":") return readPosix(source, at);
  if (source[at] !== "\\") {
    const length = utf8SequenceLength(source, at);
    return { member: { value: utf8CodePoint(source, at, length), isCodePoint: length > 1 }, at, next: at + length };
  }
  const letter = source[at + 1];
  if (letter === undefined) throw new PatternError("syntax", "the class is not closed", start, "expected ]");
  const set = escapeSets.get(letter);
  if (set !== undefined) return { member: set, at, next: at + 2 };
  if (letter === "b") return { member: { value: 0x08, isCodePoint: false }, at, next: at + 2 };
  if (letter === "p" || letter === "P") {
    throw new PatternError(
      "unsupported",
      "Unicode classes are not supported: patterns match bytes",
      at,
      "write the ASCII class that is meant",
    );
  }
  if (letter >= "1" && letter <= "7") {
    const octal = /^[0-7]{1,3}/.exec(source.slice(at + 1, at + 4))![0];
    return { member: { value: parseInt(octal, 8) & 0xff, isCodePoint: false }, at, next: at + 1 + octal.length };
  }
  const { value, next } = parseHexEscape(source, at);
  return { member: { value, isCodePoint: value > 0xff }, at, next };
}

function readPosix(
  source: string,
  at: number,
): { readonly member: Member; readonly at: number; readonly next: number } {
  const match = /^\[:(\^?)([a-z]+):\]/.exec(source.slice(at, at + 16));
  if (match === null) return { member: { value: 0x5b, isCodePoint: false }, at, next: at + 1 };
  const set = posixClasses.get(match[2]!);
  if (set === undefined)
    throw new PatternError("syntax", `unknown class [:${match[2]}:]`, at, "known are alpha, digit, space and so on");
  return { member: { set: match[1] === "^" ? set.negated() : set }, at, next: at + match[0].length };
}
