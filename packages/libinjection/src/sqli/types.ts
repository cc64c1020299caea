/** Letters of the fingerprint alphabet (spec: libinjection, 1), in the order of {@link Type}; the first means "no token". */
const letters = " kUBEtfn1vso&cA(){}.,:;T?X\\";

/**
 * Types of tokens. Numbers below 32, so that a set of them is one word of bits ({@link isIn}) and five of them are a
 * fingerprint.
 *
 * Perf: modules take the names they use out of this object: V8 folds a constant of the module itself, an import is loaded each time: a tenth of the time of a value.
 */
export const Type = {
  NONE: 0,
  KEYWORD: 1,
  UNION: 2,
  GROUP: 3,
  EXPRESSION: 4,
  SQL_TYPE: 5,
  FUNCTION: 6,
  BAREWORD: 7,
  NUMBER: 8,
  VARIABLE: 9,
  STRING: 10,
  OPERATOR: 11,
  LOGIC: 12,
  COMMENT: 13,
  COLLATE: 14,
  OPEN: 15,
  CLOSE: 16,
  OPEN_BRACE: 17,
  CLOSE_BRACE: 18,
  DOT: 19,
  COMMA: 20,
  COLON: 21,
  SEMICOLON: 22,
  TSQL: 23,
  UNKNOWN: 24,
  EVIL: 25,
  BACKSLASH: 26,
} as const;

/** The type of a letter of the alphabet. */
export function typeOf(letter: string): number {
  return letters.indexOf(letter);
}

/** The letter of a type. */
export function letterOf(type: number): string {
  return letters[type]!;
}

/** A set of the types with these letters; none of them is "no token". */
export function typeSet(text: string): number {
  let bits = 0;
  for (const letter of text) bits |= 1 << typeOf(letter);
  return bits;
}

export function isIn(type: number, set: number): boolean {
  return ((set >> type) & 1) === 1;
}
