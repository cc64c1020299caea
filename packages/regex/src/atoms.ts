import type { SetNode } from "./ast.ts";
import { ByteSet, digits, horizontalSpace, posixClasses, spaceBytes, wordBytes } from "./byte-set.ts";

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

/** By unit: 1 for bytes that stand for themselves and are not rare. */
const plainUnits: Uint8Array = new Uint8Array(128);
for (const unit of " %,-/:=_") plainUnits[unit.charCodeAt(0)] = 1;
for (const byte of posixClasses.get("alnum")!.bytes()) plainUnits[byte] = 1;

/** The unit stands for itself in a pattern, and no rare byte. */
export function isPlain(unit: number): boolean {
  return unit < 0x80 && plainUnits[unit] === 1;
}
