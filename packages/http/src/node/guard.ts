import type { IncomingMessage } from "node:http";
import type { MaybePromise } from "@cuirass/engine";
import { isPromise } from "@cuirass/engine";
import type { HttpDecision } from "../decision.ts";
import type { Exchange, Verdict } from "../handler.ts";
import type { HttpWaf } from "../http-waf.ts";
import type { ParsedRequest } from "../parsed.ts";
import type { NodeResponse } from "./guarded-response.ts";
import { GuardedResponse } from "./guarded-response.ts";
import type { NodeRequest } from "./request-head.ts";
import { hasRequestBody, readHead } from "./request-head.ts";
import { RequestHold } from "./request-hold.ts";

interface Guarded {
  readonly exchange: Exchange;
  /** Undefined for connections that are no longer HTTP. */
  readonly response: GuardedResponse | undefined;
  /** Whether the body is still to be inspected: the head was decided on before `100 Continue` was sent. */
  bodyDue: boolean;
}

/** Where a request carries its exchange. Perf: a WeakMap instead cost 15 us per request, most of it in the collector. */
const guardedBy = Symbol("cuirass.exchange");

function known(request: object): Guarded | undefined {
  return (request as { [guardedBy]?: Guarded })[guardedBy];
}

function know(request: object, entry: Guarded): void {
  (request as { [guardedBy]?: Guarded })[guardedBy] = entry;
}

/** The decision about a Node request, that of a WebSocket too; undefined when it is not inspected. */
export function decisionOf(request: object): HttpDecision | undefined {
  return known(request)?.exchange.decision;
}

/** Lets `decisionOf` find the exchange of a request that opens another kind of connection. */
export function remember(request: object, exchange: Exchange): void {
  know(request, { exchange, response: undefined, bodyDue: false });
}

/**
 * Takes a request through the WAF. `proceed` is called once its head and body have passed; otherwise it was answered, and
 * `stopped` is called. The body can then be read as if nothing had happened, and the response is inspected on its way out.
 * A request that comes again (two adapters, a nested router) proceeds at once.
 */
export function guard(
  waf: HttpWaf,
  request: NodeRequest,
  response: NodeResponse,
  proceed: () => void,
  stopped?: () => void,
): void {
  const before = known(request);
  if (before !== undefined && !before.bodyDue) return proceed();
  const entry = before ?? begin(waf, request, response);
  if (entry === undefined) return proceed();
  const { exchange } = entry;
  entry.bodyDue = false;
  const bodyFollows = hasRequestBody(request);
  const over = finishWhenOver(exchange, request, response, bodyFollows);
  let hold: RequestHold | undefined;
  const end = (verdict: Verdict): void => {
    if (verdict !== undefined || isGone(response)) {
      hold?.discard();
      over();
      if (verdict !== undefined) {
        entry.response?.replace(verdict, bodyFollows && !request.complete);
        // Whatever was stored of the body is given back now: the client may take its time with the rest.
        exchange.finish(statusOf(response));
      }
      stopped?.();
    } else {
      if (hold === undefined) over();
      else hold.release(() => exchange.nextHeld(), over);
      proceed();
    }
  };
  if (bodyFollows) {
    try {
      hold = new RequestHold(request);
    } catch (error) {
      return end(exchange.fault(error));
    }
  }
  const opened = before === undefined ? exchange.openRequest(bodyFollows) : undefined;
  settle(opened, (verdict) => {
    if (verdict !== undefined || hold === undefined || !exchange.holdsRequest) return end(verdict);
    hold.pump(
      (piece) => exchange.writeRequest(piece),
      () => settle(exchange.endRequest((request as IncomingMessage).rawTrailers ?? []), end),
    );
  });
}

/**
 * Decides on the head of a request whose client waits for `100 Continue`; the body is inspected when the request comes to
 * `guard` later.
 */
export function guardHead(waf: HttpWaf, request: NodeRequest, response: NodeResponse, proceed: () => void): void {
  const entry = begin(waf, request, response);
  if (entry === undefined) return proceed();
  entry.bodyDue = true;
  response.once("close", () => entry.exchange.finish(statusOf(response)));
  settle(entry.exchange.openRequest(hasRequestBody(request)), (verdict) => {
    if (verdict === undefined) return proceed();
    entry.bodyDue = false;
    entry.response?.replace(verdict);
  });
}

/** Inspects what the framework read out of the request, if rules did not see the same. */
export function guardParsed(
  request: NodeRequest,
  parsed: ParsedRequest,
  proceed: () => void,
  stopped?: () => void,
): void {
  const entry = known(request);
  if (entry === undefined) return proceed();
  settle(entry.exchange.compareParsed(parsed), (verdict) => {
    if (verdict === undefined) return proceed();
    entry.response?.replace(verdict);
    stopped?.();
  });
}

function begin(waf: HttpWaf, request: NodeRequest, response: NodeResponse): Guarded | undefined {
  const exchange = waf.begin(readHead(request));
  if (exchange === undefined) return undefined;
  const entry = { exchange, response: new GuardedResponse(exchange, request, response), bodyDue: false };
  know(request, entry);
  return entry;
}

/**
 * Finishes the exchange when the response is over and the body has been handed out, whichever comes last: an application
 * may answer first and read on. The function returned says that the latter is done.
 */
function finishWhenOver(
  exchange: Exchange,
  request: NodeRequest,
  response: NodeResponse,
  bodyFollows: boolean,
): () => void {
  let responseOver = false;
  let bodyOver = false;
  if (!bodyFollows) {
    response.once("close", () => exchange.finish(statusOf(response)));
    return ignore;
  }
  const check = (): void => {
    if (responseOver && bodyOver) exchange.finish(statusOf(response));
  };
  const endBody = (): void => {
    bodyOver = true;
    check();
  };
  request.once("close", endBody);
  response.once("close", () => {
    responseOver = true;
    // Node does this for bodies that nobody asked for; here the hold has asked.
    if (!request.readableDidRead) request.resume();
    check();
  });
  return endBody;
}

/** The client has gone. Responses of HTTP/2 say so by their stream only. */
function isGone(response: NodeResponse): boolean {
  const stream = "stream" in response ? response.stream : undefined;
  return (response as { destroyed?: boolean }).destroyed === true || stream?.destroyed === true;
}

const ignore = (): void => undefined;

function statusOf(response: NodeResponse): number {
  return response.headersSent ? response.statusCode : 0;
}

function settle(verdict: MaybePromise<Verdict>, next: (verdict: Verdict) => void): void {
  if (isPromise(verdict)) void verdict.then(next);
  else next(verdict);
}
