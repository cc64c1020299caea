import type { MaybePromise } from "@cuirass/engine";
import type { OwnResponse } from "@cuirass/node/block-page";
import type { Exchange, Verdict } from "./handler.ts";
import type { HttpWaf } from "./http-waf.ts";
import type { Endpoint, RequestHead } from "./shapes.ts";
import { responseHasBody } from "./shapes.ts";

/** A request that has passed, to be handed to the application in place of the one received. */
export interface PassedRequest {
  readonly request: Request;
  /** Undefined when this request is not inspected. */
  readonly exchange: Exchange | undefined;
  /** Nothing of the body is held any more: it has been handed out, or given up. */
  bodyOver: boolean;
}

const nowhere: Endpoint = { address: "", port: 0 };

/**
 * What the Fetch API tells of a request: the target is normalised by then, and header lines of one name are merged. Hosts
 * that know more override it.
 */
export function fetchHead(request: Request, known: Partial<RequestHead> = {}): RequestHead {
  const url = new URL(request.url);
  const headers: string[] = [];
  let host = false;
  for (const [name, value] of request.headers) {
    headers.push(name, value);
    host ||= name === "host";
  }
  if (!host) headers.unshift("host", url.host);
  const target = url.pathname + url.search;
  return { method: request.method, target, protocol: "HTTP/1.1", headers, client: nowhere, server: nowhere, ...known };
}

/** Takes a request through the WAF: the response that stops it, or the request to go on with. */
export async function inspectRequest(
  waf: HttpWaf,
  request: Request,
  head: RequestHead,
): Promise<PassedRequest | Response> {
  const exchange = waf.begin(head);
  if (exchange === undefined) return { request, exchange, bodyOver: true };
  const stop = (verdict: NonNullable<Verdict>): Response => {
    const response = toResponse(verdict, head.method);
    exchange.finish(verdict.kind === "drop" ? 0 : response.status);
    return response;
  };
  const verdict = await exchange.openRequest(request.body !== null);
  if (verdict !== undefined) return stop(verdict);
  if (!exchange.holdsRequest || request.body === null) return { request, exchange, bodyOver: true };
  const reader = request.body.getReader() as BodyReader;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || !(await exchange.writeRequest(value))) break;
    }
  } catch (error) {
    exchange.finish(0);
    throw error;
  }
  const late = await exchange.endRequest([]);
  if (late === undefined) {
    const over = (): void => {
      passed.bodyOver = true;
    };
    const body = replay(() => exchange.nextHeld(), reader, over);
    // The stream is read only once, which the Fetch standard calls "half".
    const replayed = new Request(request, { body, duplex: "half" } as RequestInit);
    const passed: PassedRequest = { request: replayed, exchange, bodyOver: false };
    return passed;
  }
  void reader.cancel().catch(() => undefined);
  return stop(late);
}

/** Takes the application's response to an inspected request through the WAF. */
export async function inspectResponse(passed: PassedRequest, response: Response): Promise<Response> {
  const exchange = passed.exchange!;
  // 101 stands for a connection that is no longer HTTP; its object belongs to the runtime.
  if (response.status < 200) {
    exchange.finish(response.status);
    return response;
  }
  const headers: string[] = [];
  for (const [name, value] of response.headers) headers.push(name, value);
  const { method, protocol } = exchange.request;
  const hasBody = response.body !== null && responseHasBody(method, response.status);
  const verdict = await exchange.openResponse({ status: response.status, protocol, headers }, hasBody);
  if (verdict === undefined && !exchange.holdsResponse) return finishAfter(passed, response);
  const held: Uint8Array[] = [];
  let stopped = verdict;
  const reader = response.body?.getReader() as BodyReader | undefined;
  if (stopped === undefined && reader !== undefined) {
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        held.push(value);
        if (!(await exchange.writeResponse(value))) break;
      }
    } catch (error) {
      exchange.finish(0);
      throw error;
    }
    stopped = await exchange.endResponse();
  }
  if (stopped !== undefined) {
    void reader?.cancel().catch(() => undefined);
    const answer = toResponse(stopped, method);
    exchange.finish(stopped.kind === "drop" ? 0 : answer.status);
    return answer;
  }
  return finishAfter(
    passed,
    new Response(
      replay(() => held.shift(), reader),
      response,
    ),
  );
}

/** Ends the exchange: now, or with the response when its body may be made of a request body that is still held. */
function finishAfter({ exchange, bodyOver }: PassedRequest, response: Response): Response {
  const finish = (): void => exchange!.finish(response.status);
  if (!bodyOver && response.body !== null) {
    const reader = response.body.getReader() as BodyReader;
    return new Response(
      replay(() => undefined, reader, undefined, finish),
      response,
    );
  }
  finish();
  return response;
}

interface BodyReader {
  read(): Promise<{ done: true; value: undefined } | { done: false; value: Uint8Array }>;
  cancel(reason?: unknown): Promise<void>;
}

/** What was held, then what is still to come. `heldOver` is called after the former, `over` after both. */
function replay(
  next: () => MaybePromise<Uint8Array | undefined>,
  reader: BodyReader | undefined,
  heldOver: () => void = () => undefined,
  over: () => void = () => undefined,
): ReadableStream<Uint8Array> {
  let heldBack = true;
  const end = (): void => {
    if (heldBack) heldOver();
    heldBack = false;
    over();
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        if (heldBack) {
          const piece = await next();
          if (piece !== undefined) return controller.enqueue(piece);
          heldBack = false;
          heldOver();
        }
        const live = await reader?.read();
        if (live !== undefined && !live.done) return controller.enqueue(live.value);
        controller.close();
      } catch (error) {
        controller.error(error);
      }
      end();
    },
    cancel: async (reason) => {
      end();
      await reader?.cancel(reason);
    },
  });
}

/** `drop` cannot close a connection here: the nearest is an empty 403. */
function toResponse(verdict: NonNullable<Verdict>, method: string): Response {
  const answer: OwnResponse = verdict.kind === "drop" ? { status: 403, headers: [], body: "" } : verdict.response;
  const body = method === "HEAD" || answer.body === "" ? null : answer.body;
  return new Response(body, { status: answer.status, headers: answer.headers as [string, string][] });
}
