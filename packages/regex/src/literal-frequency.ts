/** How often a byte stands at a place of an ordinary value: estimates, good enough to choose between literals. */
const frequency: Float64Array = new Float64Array(256).fill(0.001);
for (const mark of "\"'`()[]{}<>|\\&$;*^!#~@?") frequency[mark.charCodeAt(0)] = 0.003;
for (const mark of "%+,-./:=_") frequency[mark.charCodeAt(0)] = 0.02;
for (let digit = 0x30; digit <= 0x39; digit++) frequency[digit] = 0.03;
for (let letter = 0x61; letter <= 0x7a; letter++) frequency[letter] = frequency[letter - 32] = 0.04;
for (const letter of "aeinorst") frequency[letter.charCodeAt(0)] = frequency[letter.charCodeAt(0) - 32] = 0.07;
frequency[0x20] = 0.1;

/**
 * How many places of a text, on average, begin one of the literals: the lower, the more selective. Past the limit it is
 * not worked out to the end.
 */
export function expectedHits(literals: readonly string[], limit: number): number {
  let hits = 0;
  for (let index = 0; index < literals.length && hits <= limit; index++) {
    const literal = literals[index]!;
    let share = 1;
    for (let at = 0; at < literal.length; at++) share *= frequency[literal.charCodeAt(at) & 0xff]!;
    hits += share;
  }
  return hits;
}
