import type { ByteString } from "../text/bytes.ts";
import type { IpAddress } from "../net/ip.ts";
import type { OperatorCompileContext, OperatorDefinition } from "../operator.ts";
import type { TransactionState } from "../transaction-state.ts";
import { isDigit } from "../text/ascii.ts";
import { parseIp } from "../net/ip.ts";
import { reverseName } from "../net/reverse-name.ts";
import { isPromise } from "../maybe-promise.ts";
import { OperatorArgumentError } from "../operator.ts";

const TIMEOUT_MS = 500;
const HTTP_BL = "dnsbl.httpbl.org";
const NAME_LIMIT = 253;

/**
 * `@rbl`: a DNS list has an entry for the address or host name. TX:0 and TX:httpbl_msg get the entry's first TXT text.
 *
 * Compat: addresses are reversed and HTTP:BL gets its key (RFC 5782); Coraza does neither, so real lists never match there
 * (gaps A24). No answer within 500 ms means no match.
 */
export const rbl: OperatorDefinition = {
  name: "rbl",
  summary: "True when a DNS block list has an entry for the address or host name.",
  argument: "zone of the list",
  examples: [
    { title: "listed address", argument: "list.example", input: "192.0.2.99", matches: true },
    { title: "address without entry", argument: "list.example", input: "192.0.2.1", matches: false },
    { title: "listed host name", argument: "list.example", input: "spam.example", matches: true },
    { title: "neither address nor name", argument: "list.example", input: "a b", matches: false },
  ],
  compile(argument, context) {
    const { resolver } = context.host;
    if (resolver === undefined) throw new OperatorArgumentError("this host has no DNS resolver");
    const zone = parseZone(argument);
    const prefix = zone.toLowerCase() === HTTP_BL ? httpBlPrefix(context) : undefined;
    return {
      mayWait: true,
      match(value, tx) {
        const name = queryName(value, zone, prefix);
        if (name === undefined) return false;
        try {
          const answer = resolver.lookup(name, TIMEOUT_MS);
          if (!isPromise(answer)) return settle(answer, name, tx);
          return answer.then(
            (found) => settle(found, name, tx),
            (error: unknown) => fail(error, name, tx),
          );
        } catch (error) {
          return fail(error, name, tx);
        }
      },
    };
  },
};

function parseZone(argument: ByteString): ByteString {
  const zone = argument.replace(/^\./, "").replace(/\.$/, "");
  if (isHostName(zone)) return zone;
  throw new OperatorArgumentError(`"${argument}" is not a DNS zone`, { hint: "for example @rbl zen.spamhaus.org" });
}

function httpBlPrefix(context: OperatorCompileContext): ByteString {
  const key = context.settings.httpBlKey;
  if (/^[a-z0-9]{1,63}$/i.test(key)) return `${key}.`;
  throw new OperatorArgumentError(`${HTTP_BL} answers only with an access key`, { hint: "set it with SecHttpBlKey" });
}

/** The name to ask for, undefined when the list cannot have an entry. */
function queryName(value: ByteString, zone: ByteString, prefix: ByteString | undefined): ByteString | undefined {
  if (value.length > NAME_LIMIT) return undefined;
  const address: IpAddress | undefined = parseIp(value);
  if (address === undefined && (prefix !== undefined || !isHostName(value))) return undefined;
  if (prefix !== undefined && address?.version !== 4) return undefined;
  const name = `${prefix ?? ""}${address === undefined ? value : reverseName(address)}.${zone}`;
  return name.length > NAME_LIMIT ? undefined : name;
}

/** Labels of 1 to 63 letters, digits, `-` and `_` (RFC 1035, 2.3.1, and the underscore that lists use). */
function isHostName(text: ByteString): boolean {
  let label = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const lower = unit | 0x20;
    if (unit === 0x2e && label > 0) label = 0;
    else if (isDigit(unit) || (lower >= 0x61 && lower <= 0x7a) || unit === 0x2d || unit === 0x5f) label++;
    else return false;
    if (label > 63) return false;
  }
  return label > 0;
}

function settle(found: { readonly text: ByteString } | undefined, name: string, tx: TransactionState): boolean {
  if (found === undefined) {
    tx.log("debug", "no entry in the DNS list, or no answer in time", { name });
    return false;
  }
  tx.variables.tx.set("httpbl_msg", found.text);
  if (tx.capturing) tx.capture(0, found.text);
  return true;
}

function fail(error: unknown, name: string, tx: TransactionState): boolean {
  tx.log("error", "DNS look-up failed, taken as no entry", { name, error: String(error) });
  return false;
}
