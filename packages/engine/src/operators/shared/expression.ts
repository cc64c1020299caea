import type { Pattern, PatternOptions } from "@cuirass/regex";
import { compilePattern, isPatternError } from "@cuirass/regex";
import type { ByteString } from "../../text/bytes.ts";
import type { TransactionState } from "../../transaction-state.ts";
import { OperatorArgumentError } from "../../operator.ts";

/** Flags of `@rx` in both references: dot matches line feed, `^` and `$` also match at line boundaries (spec: seclang, 6.3). */
export const rxFlags: PatternOptions = { dotAll: true, multiline: true };

/** Flags where Coraza compiles the expression as it stands: `@restpath` and `@validateNid`. */
export const plainFlags: PatternOptions = { dotAll: false, multiline: false };

/** Compiles an expression of the argument, which begins at `offset` there. */
export function compileExpression(source: ByteString, flags: PatternOptions, offset: number = 0): Pattern {
  try {
    return compilePattern(source, flags);
  } catch (error) {
    if (!isPatternError(error)) throw error;
    throw new OperatorArgumentError(error.message, { offset: offset + error.position, hint: error.hint });
  }
}

/**
 * Stores the groups of a match from slot `first` on, up to TX:9; a group that took no part is "". Returns the next free slot.
 *
 * Compat: Coraza stops at group 8 (gaps A22).
 */
export function captureGroups(tx: TransactionState, value: ByteString, spans: Int32Array, first: number): number {
  let slot = first;
  for (let at = 0; at < spans.length && slot <= 9; at += 2, slot++) {
    const start = spans[at]!;
    tx.capture(slot, start < 0 ? "" : value.slice(start, spans[at + 1]!));
  }
  return slot;
}

/** Where the search for the next match that does not overlap begins. */
export function afterMatch(spans: Int32Array): number {
  const end = spans[1]!;
  return spans[0] === end ? end + 1 : end;
}

/** Matched text that overlapping matches may cover, per byte of the value and at least. */
const OVERLAP_FACTOR = 4;
const OVERLAP_MINIMUM = 4096;

/**
 * The first match that `accept` takes, undefined when there is none.
 *
 * Matches may overlap, as in ModSecurity: a number that begins inside a longer run of digits is found too. Past an allowance
 * that is linear in the value the search goes on behind each match, so that long matches do not make it quadratic.
 */
export function findAccepted(
  pattern: Pattern,
  value: ByteString,
  accept: (text: ByteString) => boolean,
): readonly [start: number, end: number] | undefined {
  let allowance = OVERLAP_FACTOR * value.length + OVERLAP_MINIMUM;
  for (let from = 0; from <= value.length;) {
    const spans = pattern.exec(value, from);
    if (spans === undefined) return undefined;
    const start = spans[0]!;
    const end = spans[1]!;
    if (accept(value.slice(start, end))) return [start, end];
    allowance -= end - start;
    from = allowance > 0 ? start + 1 : afterMatch(spans);
  }
  return undefined;
}
