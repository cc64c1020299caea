import { fingerprintTable } from "./fingerprints.table.ts";
import { letterOf } from "./types.ts";

/** Most tokens of a fingerprint. */
export const FINGERPRINT_LIMIT = 5;

/** Bits of a type in the number of a fingerprint. */
const BITS = 5;
/** Slots of the hash table, a power of two; a quarter of them is in use. */
const SLOTS = 32_768;

/** By type: 1 plus the place of its upper-case letter among those that fingerprints have, 0 for types that none has. */
const codes = new Uint8Array(32);
/** Open addressing, linear probing: numbers of fingerprints, 0 for a free slot. Made at first use. */
let slots: Int32Array | undefined;

function makeSlots(): Int32Array {
  const fingerprints = fingerprintTable.split(" ");
  const alphabet = [...new Set(fingerprintTable.replaceAll(" ", ""))].join("");
  for (let type = 1; letterOf(type) !== undefined; type++) {
    codes[type] = alphabet.indexOf(letterOf(type).toUpperCase()) + 1;
  }
  const made = new Int32Array(SLOTS);
  for (const fingerprint of fingerprints) {
    let number = 0;
    for (const letter of fingerprint) number = (number << BITS) | (alphabet.indexOf(letter) + 1);
    let slot = slotOf(number);
    while (made[slot] !== 0) slot = (slot + 1) & (SLOTS - 1);
    made[slot] = number;
  }
  return made;
}

function slotOf(number: number): number {
  return (Math.imul(number, 0x9e3779b1) >>> 16) & (SLOTS - 1);
}

/** True when the first tokens, case of their letters apart, are a fingerprint of an injection. */
export function isKnownFingerprint(tokens: readonly { readonly type: number }[], count: number): boolean {
  const known = (slots ??= makeSlots());
  let number = 0;
  for (let index = 0; index < count; index++) {
    const code = codes[tokens[index]!.type]!;
    if (code === 0) return false;
    number = (number << BITS) | code;
  }
  for (let slot = slotOf(number); known[slot] !== 0; slot = (slot + 1) & (SLOTS - 1)) {
    if (known[slot] === number) return true;
  }
  return false;
}
