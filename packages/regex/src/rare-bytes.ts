import { ByteSet } from "./byte-set.ts";

/** Bytes that ordinary values seldom have: controls, and the punctuation that attacks are made of. No letters or digits. */
export const rareBytes: ByteSet = ByteSet.range(0x00, 0x08)
  .add(0x0b)
  .add(0x0c)
  .addRange(0x0e, 0x1f)
  .addRange(0x7f, 0xff);
for (const mark of "\"'`()[]{}<>|\\&$;*^!#~@?") rareBytes.add(mark.charCodeAt(0));

/** Larger sets mean "nearly anything": nothing is gained by taking bytes out of them. */
const SMALL_SET = 64;

/** The rare bytes that the small ones of these sets name. */
export function namedRareBytes(sets: Iterable<ByteSet>): ByteSet {
  const named = new ByteSet();
  for (const set of sets) {
    if (set.meets(rareBytes) && set.size <= SMALL_SET) named.addAll(set.and(rareBytes));
  }
  return named;
}
