import type { ByteString } from "../text/bytes.ts";
import type { IpWords } from "./ip.ts";
import { isMapped, parseIp } from "./ip.ts";

/** A network as its first and last address. */
export interface IpRange {
  readonly version: 4 | 6;
  readonly first: IpWords;
  readonly last: IpWords;
}

/**
 * An address, or an address and a prefix length. Bits past the prefix are ignored.
 * A network inside ::ffff:0:0/96 is an IPv4 network; a wider one around it is an IPv6 network.
 */
export function parseCidr(text: ByteString): IpRange | undefined {
  const slash = text.indexOf("/");
  const address = parseIp(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const { words } = address;
  if (slash < 0) return { version: address.version, first: words, last: words };
  const bits = text.slice(0, slash).includes(":") ? 128 : 32;
  const suffix = text.slice(slash + 1);
  if (!/^[0-9]{1,3}$/.test(suffix) || Number(suffix) > bits) return undefined;
  const prefix = Number(suffix) + (128 - bits);
  const first = words.map((word, at) => (word & maskOf(prefix - 32 * at)) >>> 0) as unknown as IpWords;
  const last = words.map((word, at) => (word | ~maskOf(prefix - 32 * at)) >>> 0) as unknown as IpWords;
  return { version: prefix >= 96 && isMapped(first) ? 4 : 6, first, last };
}

/** The `bits` upper bits of a word set, for any number. */
function maskOf(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? 0xffffffff : ~(0xffffffff >>> bits);
}
