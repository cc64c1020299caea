import type { IpAddress } from "./ip.ts";

/**
 * Labels of an address in the order DNS lists are keyed by: octets of IPv4, nibbles of IPv6, last first (RFC 5782, 2.1 and 2.4).
 */
export function reverseName(address: IpAddress): string {
  const labels: string[] = [];
  if (address.version === 4) {
    for (let shift = 0; shift < 32; shift += 8) labels.push(String((address.words[3] >>> shift) & 0xff));
    return labels.join(".");
  }
  for (let word = 3; word >= 0; word--) {
    for (let shift = 0; shift < 32; shift += 4) labels.push(((address.words[word]! >>> shift) & 0xf).toString(16));
  }
  return labels.join(".");
}
