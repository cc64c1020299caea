import type { Random } from "./host.ts";

const ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
const LENGTH = 20;

/**
 * 20 characters from a URL- and file-name-safe alphabet of 64: 120 random bits.
 * Without a host's random source the ids are unique enough for a browser demonstration, not unguessable.
 */
export function createTransactionId(random: Random | undefined): string {
  const bytes = new Uint8Array(LENGTH);
  if (random !== undefined) random.fill(bytes);
  else for (let at = 0; at < LENGTH; at++) bytes[at] = Math.floor(Math.random() * 256);
  let id = "";
  for (let at = 0; at < LENGTH; at++) id += ALPHABET[bytes[at]! & 63];
  return id;
}
