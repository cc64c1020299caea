import type { TypedData } from "../spop/typed-data.ts";
import { latin1 } from "../spop/reader.ts";

/** Text of an address argument; "" when there is none. IPv4 addresses mapped into IPv6 are shown as IPv4. */
export function addressText(data: TypedData | undefined): string {
  if (data?.type === "ipv4") return data.value.join(".");
  if (data?.type === "ipv6") return ipv6Text(data.value);
  return data?.type === "string" ? latin1(data.value) : "";
}

/** RFC 5952: lower-case, the longest run of zero groups shortened. */
function ipv6Text(bytes: Uint8Array): string {
  const groups: number[] = [];
  for (let at = 0; at < 16; at += 2) groups.push((bytes[at]! << 8) | bytes[at + 1]!);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) return bytes.subarray(12).join(".");
  let start = -1;
  let longest = 1;
  for (let at = 0; at < 8; at++) {
    let end = at;
    while (end < 8 && groups[end] === 0) end++;
    if (end - at > longest) {
      longest = end - at;
      start = at;
    }
    if (end > at) at = end - 1;
  }
  const text = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(":");
  return start < 0 ? text(0, 8) : `${text(0, start)}::${text(start + longest, 8)}`;
}
