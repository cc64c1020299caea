/** Middle of a sample; the mean of the two middle values when there are two. NaN for an empty one. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Sum over count. NaN for an empty sample. */
export function mean(values: readonly number[]): number {
  return total(values) / values.length;
}

/** The smallest value that at least `share` of the sample does not exceed (nearest rank). NaN for an empty sample. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = ascending(values);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

/** Sum of a sample. */
export function total(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** A fixed sequence of numbers in [0, 1) for a seed: xorshift32. */
export function seededRandom(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 4_294_967_296;
  };
}

function ascending(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}
