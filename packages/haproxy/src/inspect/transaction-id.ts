import { randomBytes } from "node:crypto";

const MAX_LENGTH = 256;

/** The id HAProxy gave, when it is usable; 16 random letters otherwise, as the peer makes them. */
export function usableId(id: string | undefined): string {
  if (id !== undefined && id !== "" && id.length <= MAX_LENGTH && isPrintable(id)) return id;
  let made = "";
  // 26 of the 32 values of five bits are letters; others are drawn again.
  while (made.length < 16) {
    for (const byte of randomBytes(24)) {
      const letter = byte & 31;
      if (letter < 26 && made.length < 16) made += String.fromCharCode(65 + letter);
    }
  }
  return made;
}

function isPrintable(id: string): boolean {
  for (let at = 0; at < id.length; at++) {
    const code = id.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) return false;
  }
  return id.trim() === id;
}
