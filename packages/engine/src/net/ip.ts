import type { ByteString } from "../text/bytes.ts";
import { hexValue, isDigit } from "../text/ascii.ts";

/**
 * An address as four 32-bit words, most significant first. IPv4 is kept as IPv4-mapped IPv6 (RFC 4291, 2.5.5.2), so
 * `::ffff:192.0.2.1` and `192.0.2.1` are the same address, of version 4.
 */
export interface IpAddress {
  readonly version: 4 | 6;
  readonly words: IpWords;
}

/** 128 bits. */
export type IpWords = readonly [number, number, number, number];

const MAPPED = 0xffff;
const ZEROS: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0];

/** IPv4 in dotted decimal or IPv6 (RFC 4291, 2.2); no zones, ports, brackets or octets with leading zeros. */
export function parseIp(text: ByteString): IpAddress | undefined {
  // The longest text form has 45 characters; longer values need no look.
  if (text.length > 45) return undefined;
  if (text.includes(":")) return parseIpv6(text);
  const word = parseIpv4(text, 0);
  return word < 0 ? undefined : { version: 4, words: [0, 0, MAPPED, word] };
}

/** True when the words lie in ::ffff:0:0/96. */
export function isMapped(words: IpWords): boolean {
  return words[0] === 0 && words[1] === 0 && words[2] === MAPPED;
}

/** The 32 bits of the dotted decimal address from `from` to the end of the text, -1 when it is none. */
function parseIpv4(text: ByteString, from: number): number {
  let word = 0;
  let at = from;
  for (let octet = 0; octet < 4; octet++) {
    if (octet > 0 && text.charCodeAt(at++) !== 0x2e) return -1;
    const start = at;
    let value = 0;
    while (at < text.length && at - start < 3 && isDigit(text.charCodeAt(at))) {
      value = value * 10 + text.charCodeAt(at++) - 0x30;
    }
    if (at === start || value > 255 || (at - start > 1 && text.charCodeAt(start) === 0x30)) return -1;
    word = word * 256 + value;
  }
  return at === text.length ? word : -1;
}

function parseIpv6(text: ByteString): IpAddress | undefined {
  const groups: number[] = [];
  /** Number of groups before `::`, -1 until it is met. */
  let gap = -1;
  let at = 0;
  if (text.startsWith("::")) {
    gap = 0;
    at = 2;
  }
  while (at < text.length) {
    if (groups.length === 8) return undefined;
    const start = at;
    let value = 0;
    while (at < text.length && at - start < 4) {
      const digit = hexValue(text.charCodeAt(at));
      if (digit < 0) break;
      value = value * 16 + digit;
      at++;
    }
    if (text.charCodeAt(at) === 0x2e) {
      const word = parseIpv4(text, start);
      if (word < 0 || groups.length > 6) return undefined;
      groups.push(word >>> 16, word & 0xffff);
      break;
    }
    if (at === start) return undefined;
    groups.push(value);
    if (at === text.length) break;
    if (text.charCodeAt(at++) !== 0x3a || at === text.length) return undefined;
    if (text.charCodeAt(at) !== 0x3a) continue;
    if (gap >= 0) return undefined;
    gap = groups.length;
    at++;
  }
  if (gap < 0 ? groups.length !== 8 : groups.length > 7) return undefined;
  if (gap >= 0) groups.splice(gap, 0, ...ZEROS.slice(groups.length));
  const words: IpWords = [word(groups, 0), word(groups, 2), word(groups, 4), word(groups, 6)];
  return { version: isMapped(words) ? 4 : 6, words };
}

function word(groups: readonly number[], at: number): number {
  return groups[at]! * 0x10000 + groups[at + 1]!;
}
