import { Assertion } from "./ast.ts";

/** True when the assertion holds between the bytes before and after `at`. */
export function holds(assertion: number, haystack: string, at: number): boolean {
  switch (assertion) {
    case Assertion.BeginText:
      return at === 0;
    case Assertion.EndText:
      return at === haystack.length;
    case Assertion.BeginLine:
      return at === 0 || haystack.charCodeAt(at - 1) === 0x0a;
    case Assertion.EndLine:
      return at === haystack.length || haystack.charCodeAt(at) === 0x0a;
    default: {
      const boundary = isWordAt(haystack, at - 1) !== isWordAt(haystack, at);
      return boundary === (assertion === Assertion.WordBoundary);
    }
  }
}

function isWordAt(haystack: string, at: number): boolean {
  if (at < 0 || at >= haystack.length) return false;
  const unit = haystack.charCodeAt(at);
  return (
    (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x30 && unit <= 0x39) || unit === 0x5f
  );
}
