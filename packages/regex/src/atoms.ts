import type { SetNode } from "./ast.ts";
import { ByteSet, digits, horizontalSpace, spaceBytes, wordBytes } from "./byte-set.ts";

const singles: (SetNode | undefined)[] = [];

/** The node of one byte, and of its other case when asked for; one object each, as patterns are mostly made of these. */
export function singleByte(byte: number, ignoreCase: boolean): SetNode {
  const index = ignoreCase ? 256 + byte : byte;
  return (singles[index] ??= { kind: "set", set: ignoreCase ? ByteSet.of(byte).folded() : ByteSet.of(byte) });
}

/** `.` */
export const anyByte: SetNode = { kind: "set", set: new ByteSet().negated() };
/** `.` that stops at line feeds. */
export const anyButNewline: SetNode = { kind: "set", set: ByteSet.of(0x0a).negated() };

/** Escapes that stand for a set, by letter. */
export const escapeSets: ReadonlyMap<string, SetNode> = new Map([
  ["d", { kind: "set", set: digits }],
  ["D", { kind: "set", set: digits.negated() }],
  ["w", { kind: "set", set: wordBytes }],
  ["W", { kind: "set", set: wordBytes.negated() }],
  ["s", { kind: "set", set: spaceBytes }],
  ["S", { kind: "set", set: spaceBytes.negated() }],
  ["h", { kind: "set", set: horizontalSpace }],
  ["H", { kind: "set", set: horizontalSpace.negated() }],
]);
