import { PatternError } from "./pattern-error.ts";

const controls: ReadonlyMap<string, number> = new Map([
  ["n", 0x0a],
  ["r", 0x0d],
  ["t", 0x09],
  ["f", 0x0c],
  // RE2 and Go read \v as VT; PCRE as a class that VT belongs to.
  ["v", 0x0b],
  ["a", 0x07],
  ["e", 0x1b],
]);

/**
 * Reads an escape that stands for one byte or code point: `\n`, `\xHH`, `\x{H...}`, `\0oo`, `\cX`, escaped punctuation.
 * `at` is the offset of the backslash. A value over 255 is a code point.
 */
export function parseHexEscape(source: string, at: number): { readonly value: number; readonly next: number } {
  const letter = source[at + 1]!;
  const control = controls.get(letter);
  if (control !== undefined) return { value: control, next: at + 2 };
  if (letter === "x") return hexEscape(source, at);
  if (letter === "c") {
    const value = source.charCodeAt(at + 2);
    if (Number.isNaN(value)) throw new PatternError("syntax", "\\c needs a character", at);
    return { value: (value & 0xdf) ^ 0x40, next: at + 3 };
  }
  if (letter === "0") {
    const octal = /^[0-7]{1,3}/.exec(source.slice(at + 1, at + 4))![0];
    return { value: parseInt(octal, 8) & 0xff, next: at + 1 + octal.length };
  }
  if (/[A-Za-z0-9]/.test(letter)) {
    throw new PatternError("syntax", `unknown escape \\${letter}`, at, `write ${letter} without the backslash`);
  }
  return { value: source.charCodeAt(at + 1), next: at + 2 };
}

function hexEscape(source: string, at: number): { readonly value: number; readonly next: number } {
  const braced = /^\{([0-9a-fA-F]{1,6})\}/.exec(source.slice(at + 2, at + 10));
  if (braced !== null) {
    const value = parseInt(braced[1]!, 16);
    if (value > 0x10ffff) throw new PatternError("syntax", "the code point is beyond U+10FFFF", at);
    return { value, next: at + 2 + braced[0].length };
  }
  const plain = /^[0-9a-fA-F]{1,2}/.exec(source.slice(at + 2, at + 4));
  if (plain === null) throw new PatternError("syntax", "\\x needs hexadecimal digits", at, "as in \\x5c or \\x{5c}");
  return { value: parseInt(plain[0], 16), next: at + 2 + plain[0].length };
}
