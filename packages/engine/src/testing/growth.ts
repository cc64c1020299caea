const ROUNDS = 3;
const RUNS = 5;

/**
 * Exponent with which time grows over input size: 1 is linear, 2 quadratic. Noise only ever adds time, so the best run of
 * each size and the best of a few rounds count; times too short to be measured count as 50 microseconds. `now` gives
 * milliseconds, as `performance.now` does.
 */
export function growthExponent(now: () => number, run: (size: number) => void, small: number, large: number): number {
  let exponent = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const ratio =
      bestTime(now, () => run(large)) /
      Math.max(
        bestTime(now, () => run(small)),
        0.05,
      );
    exponent = Math.min(exponent, Math.log(ratio) / Math.log(large / small));
  }
  return exponent;
}

function bestTime(now: () => number, run: () => void): number {
  let best = Infinity;
  for (let at = 0; at < RUNS; at++) {
    const start = now();
    run();
    best = Math.min(best, now() - start);
  }
  return best;
}
