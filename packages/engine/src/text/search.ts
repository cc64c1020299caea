import type { ByteString } from "./bytes.ts";

/** Up to this length V8's `indexOf` looks at its whole needle in its skip table; beyond it can go quadratic. */
const NATIVE_LIMIT = 250;

/**
 * Index of the first occurrence at or after `from`, -1 when there is none; time linear in both lengths.
 *
 * Perf: V8's `indexOf` needs 3.4 s for "ab" + 100,000 "a" in 400,000 "a"; needles can come out of a macro.
 */
export function indexOf(haystack: ByteString, needle: ByteString, from: number = 0): number {
  if (needle.length <= NATIVE_LIMIT) return haystack.indexOf(needle, from);
  if (haystack.length - from < needle.length) return -1;
  return indexOfLong(haystack, needle, from, anywhere);
}

/** Like {@link indexOf} for the first occurrence that `accept` takes; occurrences may overlap. */
export function indexOfWhere(
  haystack: ByteString,
  needle: ByteString,
  accept: (haystack: ByteString, start: number, end: number) => boolean,
): number {
  if (needle.length > NATIVE_LIMIT) return indexOfLong(haystack, needle, 0, accept);
  for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, at + 1)) {
    if (accept(haystack, at, at + needle.length)) return at;
    // An empty needle is found at the end again and again.
    if (at >= haystack.length) return -1;
  }
  return -1;
}

function anywhere(): boolean {
  return true;
}

/** Knuth, Morris and Pratt. */
function indexOfLong(
  haystack: ByteString,
  needle: ByteString,
  from: number,
  accept: (haystack: ByteString, start: number, end: number) => boolean,
): number {
  const borders = bordersOf(needle);
  let matched = 0;
  for (let at = from; at < haystack.length; at++) {
    const unit = haystack.charCodeAt(at);
    while (matched > 0 && needle.charCodeAt(matched) !== unit) matched = borders[matched - 1]!;
    if (needle.charCodeAt(matched) === unit) matched++;
    if (matched < needle.length) continue;
    const start = at + 1 - needle.length;
    if (accept(haystack, start, at + 1)) return start;
    matched = borders[matched - 1]!;
  }
  return -1;
}

/** For each prefix the length of its longest proper border. */
function bordersOf(needle: ByteString): Int32Array {
  const borders = new Int32Array(needle.length);
  let length = 0;
  for (let at = 1; at < needle.length; at++) {
    const unit = needle.charCodeAt(at);
    while (length > 0 && needle.charCodeAt(length) !== unit) length = borders[length - 1]!;
    if (needle.charCodeAt(length) === unit) length++;
    borders[at] = length;
  }
  return borders;
}
