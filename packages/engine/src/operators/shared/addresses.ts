import type { ByteString } from "../../text/bytes.ts";
import type { IpRange } from "../../net/cidr.ts";
import type { OperatorCompileContext, OperatorMatcher } from "../../operator.ts";
import { parseCidr } from "../../net/cidr.ts";
import { IpSet } from "../../net/ip-set.ts";
import { parseIp } from "../../net/ip.ts";

const REPORTED_ENTRIES = 10;

/**
 * Matcher of the `@ipMatch` family. A value that is no address never matches.
 *
 * Compat: entries that cannot be read are reported; Coraza drops them without a word (spec: seclang, 6.2).
 */
export function compileAddresses(lists: readonly ByteString[], context: OperatorCompileContext): OperatorMatcher {
  const ranges: IpRange[] = [];
  const bad: string[] = [];
  for (const list of lists) {
    for (const item of list.split(",")) {
      const entry = item.trim();
      if (entry === "") continue;
      const range = parseCidr(entry);
      if (range === undefined) bad.push(entry);
      else ranges.push(range);
    }
  }
  report(bad, context);
  if (ranges.length === 0) context.warn("there is no address to compare with, so the operator never matches");
  const set = new IpSet(ranges);
  return {
    textOnly: true,
    match(value) {
      const address = parseIp(value);
      return address !== undefined && set.has(address);
    },
  };
}

function report(bad: readonly string[], context: OperatorCompileContext): void {
  const hint = "write IPv4 or IPv6 addresses, or networks such as 10.0.0.0/8 and 2001:db8::/32";
  for (const entry of bad.slice(0, REPORTED_ENTRIES)) {
    context.warn(`"${entry}" is neither an address nor a network and is left out`, hint);
  }
  const rest = bad.length - REPORTED_ENTRIES;
  if (rest > 0) context.warn(`${rest} more entries are neither addresses nor networks and are left out`, hint);
}
