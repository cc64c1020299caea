/** Flags in force at a place of a pattern. */
export interface Flags {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
  readonly multiline: boolean;
  /** `U`: quantifiers are lazy by default. */
  readonly ungreedy: boolean;
  /** `x`: white space and comments in the pattern mean nothing. */
  readonly extended: boolean;
}

/** The flags after `is-m` and the like at an offset of a pattern, and where they end. */
export function readFlags(
  source: string,
  from: number,
  before: Flags,
): { readonly flags: Flags; readonly end: number } {
  const flags = { ...before };
  let on = true;
  for (let at = from; ; at++) {
    const letter = source[at];
    if (letter === "-") on = false;
    else if (letter === "i") flags.ignoreCase = on;
    else if (letter === "s") flags.dotAll = on;
    else if (letter === "m") flags.multiline = on;
    else if (letter === "U") flags.ungreedy = on;
    else if (letter === "x") flags.extended = on;
    else return { flags, end: at };
  }
}

/** Under the flag `x`: where one byte of white space, or a comment, at an offset of a pattern ends; the offset when there is none. */
export function extendedEnd(source: string, at: number): number {
  const unit = source.charCodeAt(at);
  if (unit === 0x20 || (unit >= 0x09 && unit <= 0x0d)) return at + 1;
  if (unit !== 0x23) return at;
  const end = source.indexOf("\n", at);
  return end < 0 ? source.length : end + 1;
}
