import { parseRequestHead } from "@cuirass/proxy/request-head";
import type { Interruption, MatchedRule, Transaction, Waf } from "@cuirass/engine";
import type { BackendResponse, ReflectBackend } from "./reflect-backend.ts";
import type { Observation } from "./judge.ts";
import { parseLenient } from "./lenient-request.ts";

/** A WAF whose matched rules the runner can see. */
export interface ObservedWaf {
  readonly waf: Waf;
  /** Filled by the WAF's `onMatchedRule`; the runner empties it before each request. */
  readonly log: MatchedRule[];
}

/** Runs one raw request through a WAF and the test back end, without a socket. */
export async function observeInProcess(
  { waf, log }: ObservedWaf,
  backend: ReflectBackend,
  raw: string,
): Promise<Observation> {
  log.length = 0;
  const request = parseLenient(raw);
  const tx = waf.newTransaction();
  const [path = ""] = request.uri.split("?", 1);
  let response: BackendResponse = { status: 0, headers: [], body: "" };
  try {
    let interruption = await tx.processRequest({
      client: { address: "127.0.0.1", port: 40_000 },
      server: { address: "127.0.0.1", port: 80 },
      ...request,
    });
    if (interruption === undefined) {
      response = backend.answer(request.method, path, request.body);
      interruption = await inspectResponse(tx, response);
    }
    if (interruption !== undefined) response = { status: interruption.status, headers: [], body: "" };
    await tx.processLogging();
  } finally {
    tx.close();
  }
  const head = response.headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return {
    status: response.status,
    response: `HTTP/1.1 ${response.status} \r\n${head}\r\n${response.body}`,
    ids: log.map((matched) => matched.rule.id),
    log: log.map((matched) => matched.errorLog()),
    transportError: undefined,
  };
}

async function inspectResponse(tx: Transaction, response: BackendResponse): Promise<Interruption | undefined> {
  for (const [name, value] of response.headers) tx.addResponseHeader(name, value);
  tx.addResponseHeader("Content-Length", String(response.body.length));
  const interruption = await tx.processResponseHeaders(response.status, "HTTP/1.1");
  if (interruption !== undefined) return interruption;
  if (tx.isResponseBodyAccessible() && tx.isResponseBodyProcessable()) {
    const written = await tx.writeResponseBody(response.body);
    if (written.interruption !== undefined) return written.interruption;
  }
  return tx.processResponseBody();
}

/** Status with which the proxy's strict request-head parser refuses these bytes; undefined when it accepts them. */
export function strictRefusal(raw: string): number | undefined {
  const parsed = parseRequestHead(raw);
  if (parsed.kind === "refused") return parsed.status;
  return parsed.kind === "incomplete" ? 400 : undefined;
}
