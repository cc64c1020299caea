import type { Interruption, Transaction } from "@cuirass/engine";
import type { Application } from "./application.ts";
import type { MessageArguments } from "./arguments.ts";
import type { HeaderLines } from "./headers.ts";
import type { Reporter } from "./report.ts";
import type { BodyVerdict } from "./truncation.ts";
import { checkBody } from "./body-check.ts";
import { headerValues, readHeaders } from "./headers.ts";

/** Sizes of the frame a message came in. */
export interface FrameFacts {
  readonly frameLength: number;
  readonly maxFrameSize: number;
}

/** What the engine said about a request or response, and whether all of its body was there. */
export interface ExchangeVerdict {
  readonly interruption: Interruption | undefined;
  /** Undefined when the engine is off. */
  readonly body: BodyVerdict | undefined;
}

const engineOff: ExchangeVerdict = { interruption: undefined, body: undefined };

/** Takes a request through the engine; the first interruption ends it. */
export async function inspectRequest(
  application: Application,
  tx: Transaction,
  args: MessageArguments,
  facts: FrameFacts,
  reporter: Reporter,
): Promise<ExchangeVerdict> {
  if (tx.isRuleEngineOff()) return engineOff;
  if (args.sourceAddress === "") reporter.error("no_address");
  tx.processConnection(args.sourceAddress, args.sourcePort, args.targetAddress, args.targetPort);
  const headers = readHeaders(args.headers);
  reporter.error("bad_header", headers.bad);
  tx.processUri(requestTarget(args, headers), args.method, `HTTP/${args.version}`);
  for (const line of headers.lines) {
    tx.addRequestHeader(line[0], line[1]);
    if (line[0] === "host") tx.setServerName(line[1]);
  }
  const body = checkBody(application.config, tx, args, facts, headers, args.method, reporter);
  let interruption = await tx.processRequestHeaders();
  if (interruption === undefined && args.body.length > 0) {
    interruption = (await tx.writeRequestBody(args.body)).interruption;
  }
  interruption ??= await tx.processRequestBody();
  return { interruption, body };
}

/** Takes a response through the engine. */
export async function inspectResponse(
  application: Application,
  tx: Transaction,
  args: MessageArguments,
  facts: FrameFacts,
  reporter: Reporter,
): Promise<ExchangeVerdict> {
  if (tx.isRuleEngineOff()) return engineOff;
  const headers = readHeaders(args.headers);
  reporter.error("bad_header", headers.bad);
  for (const line of headers.lines) tx.addResponseHeader(line[0], line[1]);
  const method = tx.variables.requestMethod.value;
  const body = checkBody(application.config, tx, args, facts, headers, method, reporter);
  let interruption = await tx.processResponseHeaders(args.status, `HTTP/${args.version}`);
  if (interruption === undefined && args.body.length > 0 && tx.isResponseBodyProcessable()) {
    interruption = (await tx.writeResponseBody(args.body)).interruption;
  }
  interruption ??= await tx.processResponseBody();
  return { interruption, body };
}

/** HAProxy gives no path for `OPTIONS *` and CONNECT, whose target it puts into Host; and no query without a question mark. */
function requestTarget(args: MessageArguments, headers: HeaderLines): string {
  if (args.path === undefined && args.method === "OPTIONS") return "*";
  if (args.path === undefined && args.method === "CONNECT") return headerValues(headers, "host")[0] ?? "";
  const path = args.path ?? "";
  return args.query === undefined ? path : `${path}?${args.query}`;
}
