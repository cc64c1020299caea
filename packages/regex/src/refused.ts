import type { PatternErrorCode } from "./pattern-error.ts";

/** Why a construct of other engines is not supported, and what to write instead. */
export interface Refusal {
  readonly code: PatternErrorCode;
  readonly message: string;
  readonly hint?: string;
}

const backReference: Refusal = {
  code: "not-regular",
  message: "back-references cannot be matched in linear time",
  hint: "compare with a chained rule and %{TX.1}",
};

/** For the letter after a backslash; undefined when it is not refused for what it stands for elsewhere. */
export function refusedEscape(letter: string): Refusal | undefined {
  if (letter === "Z") {
    return {
      code: "unsupported",
      message: "\\Z is not supported",
      hint: "write \\z, or \\n?\\z where a last line feed is allowed",
    };
  }
  if (/[GKXRCN]/.test(letter)) {
    return {
      code: "not-regular",
      message: `\\${letter} is not supported`,
      hint: "write the bytes that are meant",
    };
  }
  if (letter === "p" || letter === "P") {
    return {
      code: "unsupported",
      message: "Unicode classes are not supported: patterns match bytes",
      hint: "write the ASCII class that is meant, such as [A-Za-z]",
    };
  }
  return /[kg1-9]/.test(letter) ? backReference : undefined;
}

/** For what follows `(?`. */
export function refusedGroup(rest: string): Refusal | undefined {
  if (/^<?[=!]/.test(rest)) {
    return {
      code: "not-regular",
      message: "look-around cannot be matched in linear time",
      hint: "use a second rule of a chain, negated where needed",
    };
  }
  if (rest.startsWith(">")) {
    return {
      code: "not-regular",
      message: "atomic groups are not regular",
      hint: "write (?:...): matching never backtracks here",
    };
  }
  if (/^(?:R|\(|&|\d|[+-]\d|P[>=])/.test(rest)) {
    return { code: "not-regular", message: "recursion, conditions and back-references are not regular" };
  }
  return undefined;
}
