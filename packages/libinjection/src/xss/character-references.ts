/** A decoded character and the offset after it. */
export interface DecodedCharacter {
  readonly value: number;
  readonly next: number;
}

const LARGEST = 0x1000ff;

/** Decodes the numeric reference at `at`, or takes the byte as it is (spec: libinjection, 7.5). Named references are not decoded. */
export function decodeCharacter(text: string, at: number): DecodedCharacter {
  const plain = { value: text.charCodeAt(at), next: at + 1 };
  if (text[at] !== "&" || text[at + 1] !== "#") return plain;
  const hex = text[at + 2] === "x" || text[at + 2] === "X";
  let value = 0;
  let next = at + (hex ? 3 : 2);
  const first = next;
  for (; next < text.length; next++) {
    const digit = digitValue(text.charCodeAt(next), hex);
    if (digit < 0) break;
    value = value * (hex ? 16 : 10) + digit;
    if (value > LARGEST) return plain;
  }
  if (next === first) return plain;
  return { value, next: text[next] === ";" ? next + 1 : next };
}

function digitValue(unit: number, hex: boolean): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const lower = unit | 0x20;
  return hex && lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
