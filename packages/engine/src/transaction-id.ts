import type { Random } from "./host.ts";

const ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const LENGTH = 20;
/** Bytes from here on would make some letters likelier than others. */
const UNBIASED = 256 - (256 % ALPHABET.length);

/**
 * 20 letters and digits, about 119 random bits: safe in URLs, file names and on a command line.
 * Without a host's random source the ids are unique enough for a browser demonstration, not unguessable.
 */
export function createTransactionId(random: Random | undefined): string {
  const bytes = new Uint8Array(32);
  let id = "";
  while (id.length < LENGTH) {
    if (random !== undefined) random.fill(bytes);
    else for (let at = 0; at < bytes.length; at++) bytes[at] = Math.floor(Math.random() * 256);
    for (let at = 0; at < bytes.length && id.length < LENGTH; at++) {
      if (bytes[at]! < UNBIASED) id += ALPHABET[bytes[at]! % ALPHABET.length];
    }
  }
  return id;
}
