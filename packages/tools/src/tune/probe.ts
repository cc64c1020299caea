import type { Waf } from "@cuirass/engine";
import { runExchange } from "../run-exchange.ts";
import type { HeaderLine, RecordedExchange } from "../traffic/recorded-exchange.ts";
import type { Proposal } from "./proposals.ts";

/** What becomes of attacks that are put exactly where an exclusion looks away. */
export interface ProbeResult {
  /** Values of the attack corpus that the rule finds, put into the excluded target. */
  readonly tried: number;
  readonly stillBlocked: number;
  /** Those that pass, cut. */
  readonly passing: readonly string[];
}

const LIMIT = 40;

/**
 * Puts values that the rule finds elsewhere into the target that is taken away from it, on a request of the evidence, and
 * counts those that other rules still block. Undefined when the target cannot be filled this way.
 */
export async function probe(
  waf: Waf,
  proposal: Proposal,
  attackValues: readonly string[],
): Promise<ProbeResult | undefined> {
  const [alarm] = proposal.alarms;
  if (alarm === undefined || attackValues.length === 0) return undefined;
  const passing: string[] = [];
  let tried = 0;
  for (const value of attackValues.slice(0, LIMIT)) {
    const exchange = withValue(alarm.exchange, alarm.variable, alarm.key, value);
    if (exchange === undefined) return undefined;
    tried++;
    const tx = await runExchange(waf, exchange);
    if (tx.interruption === undefined) passing.push(value.slice(0, 120));
  }
  return { tried, stillBlocked: tried - passing.length, passing };
}

function withValue(
  exchange: RecordedExchange,
  variable: string,
  key: string,
  value: string,
): RecordedExchange | undefined {
  const { response: _response, raw: _raw, ...request } = exchange;
  if (variable === "ARGS" || variable === "ARGS_GET") {
    const [path = "", query = ""] = request.uri.split("?", 2);
    const others = query.split("&").filter((pair) => pair !== "" && decodeName(pair) !== key);
    return { ...request, uri: `${path}?${[...others, `${percent(key)}=${percent(value)}`].join("&")}` };
  }
  if (variable === "REQUEST_COOKIES") {
    if (/[;\r\n]/.test(value)) return { ...request };
    return { ...request, headers: withHeader(request.headers, "cookie", (old) => cookies(old, key, value)) };
  }
  if (variable === "REQUEST_HEADERS") return { ...request, headers: withHeader(request.headers, key, () => value) };
  return undefined;
}

function withHeader(headers: readonly HeaderLine[], name: string, change: (old: string) => string): HeaderLine[] {
  const others = headers.filter(([key]) => key.toLowerCase() !== name.toLowerCase());
  const old = headers.find(([key]) => key.toLowerCase() === name.toLowerCase());
  return [...others, [old?.[0] ?? name, change(old?.[1] ?? "")]];
}

function cookies(header: string, key: string, value: string): string {
  const others = header.split(/;\s*/).filter((pair) => pair !== "" && !pair.startsWith(`${key}=`));
  return [...others, `${key}=${value}`].join("; ");
}

function decodeName(pair: string): string {
  const name = pair.split("=", 1)[0]!;
  return name.replaceAll(/%([0-9a-fA-F]{2})/g, (_all, code: string) => String.fromCharCode(parseInt(code, 16)));
}

function percent(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_.-]/g, (unit) => `%${(unit.charCodeAt(0) & 0xff).toString(16).padStart(2, "0")}`);
}
