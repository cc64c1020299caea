import type { Interruption, Transaction, Waf } from "@cuirass/engine";
import type { ClientStream } from "../client/client-stream.ts";
import type { OwnResponse } from "@cuirass/node";
import type { ExchangeEvents, ExchangePolicy, ExchangeRecord, RouteTarget } from "./exchange-context.ts";
import type { ForwardBody, UpstreamResponse } from "../upstream/upstream-exchange.ts";
import type { ClientIdentity } from "../routing/trusted-proxies.ts";
import { ClientFault } from "../client/client-stream.ts";
import { answerHeaders, forwardHeaders, forwardTrailers } from "../upstream/forward-headers.ts";
import { UpstreamError } from "../upstream/upstream-exchange.ts";
import {
  acceptsWebSocket,
  blockedResponse,
  CodingError,
  isReadableCoding,
  ownResponse,
  webSocketKey,
} from "@cuirass/node";
import { HeldRequest, LostBodyError } from "./held-request.ts";
import { HeldResponse } from "./held-response.ts";
import { contentCoding, emptyBody, firstValues, hasBody, originForm } from "./http-semantics.ts";
import { Intake } from "./intake.ts";
import { tunnel } from "./tunnel.ts";

/**
 * One request and its response: head inspected, body held until it is inspected, forwarded; response likewise. `run` never
 * rejects.
 */
export class Exchange {
  readonly #client: ClientStream;
  readonly #identity: ClientIdentity;
  readonly #route: RouteTarget;
  readonly #policy: ExchangePolicy;
  readonly #events: ExchangeEvents;
  readonly #waf: Waf;
  readonly #tx: Transaction;
  readonly #headers: ReadonlyMap<string, string>;
  readonly #gone = new AbortController();
  readonly #started = performance.now();
  #held: HeldRequest | undefined;
  #intake: Intake | undefined;
  #status = 0;
  #bytesOut = 0;
  #server = "";
  #upstreamMs = 0;
  #error = "";

  constructor(
    client: ClientStream,
    identity: ClientIdentity,
    route: RouteTarget,
    policy: ExchangePolicy,
    events: ExchangeEvents,
  ) {
    this.#client = client;
    this.#identity = identity;
    this.#route = route;
    this.#policy = policy;
    this.#events = events;
    this.#waf = route.waf();
    this.#headers = firstValues(client.head.headers);
    const given = identity.peerTrusted ? this.#header("x-request-id") : "";
    this.#tx = this.#waf.newTransaction(/^[\w-]{1,64}$/.test(given) ? { id: given } : {});
  }

  async run(): Promise<void> {
    this.#client.onGone(() => this.#gone.abort());
    try {
      await this.#inspectAndForward();
    } catch (error) {
      await this.#fail(error).catch(() => this.#client.abort("stream"));
    }
    try {
      await this.#tx.processLogging();
      this.#events.onExchange?.(this.#record());
    } finally {
      this.#held?.close();
      this.#tx.close();
    }
  }

  // ---- request

  async #inspectAndForward(): Promise<void> {
    const { head, body } = this.#client;
    const blocked = await this.#inspectHead();
    if (blocked !== undefined) return this.#block(blocked);
    if (head.method === "CONNECT") return this.#answerOwn(405, "This proxy opens no tunnels.");
    const key = webSocketKey(head, body !== undefined);
    if (body !== undefined && this.#header("expect").toLowerCase() === "100-continue") this.#client.sendContinue();
    const isStream = this.#isGrpc();
    this.#intake = body === undefined ? undefined : new Intake(body, isStream ? undefined : this.#policy.intake);
    const forward = await this.#inspectBody(this.#intake, isStream);
    if (forward === "answered") return;
    const sent = performance.now();
    const { response, server } = await this.#route.upstream.send(
      {
        method: head.method,
        target: originForm(head.target),
        scheme: this.#identity.scheme,
        headers: this.#forwardHeaders(),
        body: forward,
        upgrade: key !== undefined,
      },
      this.#gone.signal,
    );
    this.#server = server;
    this.#upstreamMs = performance.now() - sent;
    try {
      await this.#respond(response, key, isStream);
    } finally {
      if (response.upgraded === undefined || this.#status !== 101) response.destroy();
    }
  }

  async #inspectHead(): Promise<Interruption | undefined> {
    const tx = this.#tx;
    const { head, connection } = this.#client;
    const { address, port } = this.#identity;
    tx.processConnection(address, port, connection.localAddress, connection.localPort);
    tx.processUri(head.target, head.method, head.version);
    for (const [name, value] of head.headers) tx.addRequestHeader(name, value);
    tx.setServerName(this.#header("host"));
    return tx.processRequestHeaders();
  }

  /** Holds the body until phase 2 has decided, or until its limit is reached; `answered` when it goes no further. */
  async #inspectBody(intake: Intake | undefined, isStream: boolean): Promise<ForwardBody | undefined | "answered"> {
    const tx = this.#tx;
    const coding = contentCoding(this.#header("content-encoding"));
    const { compressedRequests } = this.#policy;
    const wanted =
      intake !== undefined &&
      !isStream &&
      tx.isRequestBodyAccessible() &&
      !tx.isRuleEngineOff() &&
      (coding === "" || compressedRequests !== "pass");
    if (wanted && coding !== "" && (compressedRequests === "refuse" || !isReadableCoding(coding))) {
      if (this.#blocking) return this.#refuse(415, `The content coding ${coding} is not accepted.`);
    }
    const readable = wanted && (coding === "" || isReadableCoding(coding));
    this.#held =
      intake === undefined
        ? undefined
        : new HeldRequest(tx, intake, readable ? coding : "", this.#waf.settings.requestBodyLimit);
    if (readable) {
      try {
        await this.#held!.fill();
      } catch (error) {
        if (error instanceof ClientFault) throw error;
        if (error instanceof CodingError) {
          if (this.#blocking) return this.#refuse(415, `The body is not valid ${coding}.`);
        } else if (await this.#fault("temporary-storage", error)) return "answered";
      }
      if (intake.ended) for (const [name, value] of intake.trailers) tx.addRequestHeader(name, value);
    }
    const interruption = this.#held?.interruption ?? (await tx.processRequestBody());
    if (interruption !== undefined) {
      this.#block(interruption);
      return "answered";
    }
    return this.#held?.forward() ?? emptyBody(this.#client.head.method);
  }

  #forwardHeaders(): [name: string, value: string][] {
    const { head, connection } = this.#client;
    const { compressedResponses } = this.#policy;
    const inspects = this.#tx.isResponseBodyAccessible() && !this.#tx.isRuleEngineOff();
    return forwardHeaders(head.headers, {
      peerAddress: connection.remoteAddress,
      peerTrusted: this.#identity.peerTrusted,
      scheme: connection.tls === undefined ? "http" : "https",
      port: connection.localPort,
      requestId: this.#tx.id,
      encodings:
        !inspects || compressedResponses === "pass"
          ? "any"
          : compressedResponses === "inspect"
            ? "readable"
            : "identity",
      trailers: this.#isGrpc() || this.#header("te").toLowerCase().includes("trailers"),
    });
  }

  /** A complete gRPC request on a route where such streams may pass. */
  #isGrpc(): boolean {
    if (!this.#route.grpc || this.#client.head.version !== "HTTP/2.0" || this.#client.head.method !== "POST")
      return false;
    return /^application\/grpc(?:[+;]|$)/i.test(this.#header("content-type")) && this.#header("te") === "trailers";
  }

  // ---- response

  async #respond(response: UpstreamResponse, key: string | undefined, isStream: boolean): Promise<void> {
    const tx = this.#tx;
    const { status } = response;
    if (status < 200 && response.upgraded === undefined)
      throw new UpstreamError("protocol", `it answered with status ${status}`);
    for (const [name, value] of response.headers) tx.addResponseHeader(name, value);
    const blocked = await tx.processResponseHeaders(status, response.protocol);
    if (blocked !== undefined) return this.#block(blocked);
    if (response.upgraded !== undefined) return this.#open(response, response.upgraded, key ?? "");
    const fields = firstValues(response.headers);
    const type = (fields.get("content-type") ?? "").toLowerCase();
    const isEventStream = type.startsWith("text/event-stream");
    const coding = contentCoding(fields.get("content-encoding") ?? "");
    const bodyFollows = hasBody(this.#client.head.method, status);
    const idleMs =
      isEventStream || isStream ? this.#route.upstream.timeouts.tunnel : this.#route.upstream.timeouts.idle;
    const inspected =
      bodyFollows &&
      !isEventStream &&
      !isStream &&
      tx.isResponseBodyAccessible() &&
      tx.isResponseBodyProcessable() &&
      !tx.isRuleEngineOff() &&
      (coding === "" || this.#policy.compressedResponses !== "pass");
    const held = new HeldResponse(tx, coding, this.#waf.settings.responseBodyLimit);
    if (inspected) {
      if (coding !== "" && !isReadableCoding(coding)) {
        if (await this.#fault("response-coding", new Error(`responses in ${coding} cannot be read`))) return;
      } else {
        try {
          await held.fill(response, idleMs);
        } catch (error) {
          if (error instanceof UpstreamError) throw error;
          const kind = error instanceof CodingError ? "response-coding" : "response-buffer";
          if (await this.#fault(kind, error)) return undefined;
        }
      }
    }
    const interruption = held.interruption ?? (await tx.processResponseBody());
    if (interruption !== undefined) return this.#block(interruption);
    await this.#stream(response, held, bodyFollows, idleMs);
  }

  async #stream(response: UpstreamResponse, held: HeldResponse, bodyFollows: boolean, idleMs: number): Promise<void> {
    const client = this.#client;
    this.#status = response.status;
    const headers = answerHeaders(response.headers).filter(([name]) => name.toLowerCase() !== "x-request-id");
    client.respond(response.status, [...headers, ["X-Request-Id", this.#tx.id], ...this.#exposed()], bodyFollows);
    if (!bodyFollows) return;
    for (const piece of held.pieces) if (!(await this.#write(piece))) return;
    while (!held.complete) {
      const next = response.next(idleMs);
      const piece = next === undefined || Buffer.isBuffer(next) ? next : await next;
      if (piece === undefined) break;
      if (!(await this.#write(piece))) return;
    }
    const wantsTrailers = client.head.version === "HTTP/2.0" || this.#header("te").toLowerCase().includes("trailers");
    client.end(wantsTrailers ? forwardTrailers(response.trailers) : []);
  }

  async #write(piece: Uint8Array): Promise<boolean> {
    this.#bytesOut += piece.length;
    const more = this.#client.write(piece);
    if (more === true || (await more)) return true;
    this.#error = "the client left before the answer was complete";
    return false;
  }

  /** The handshake is complete on both sides: from here on bytes flow uninspected. */
  #open(response: UpstreamResponse, { socket, pending }: NonNullable<UpstreamResponse["upgraded"]>, key: string): void {
    if (!acceptsWebSocket(response.headers, key))
      throw new UpstreamError("protocol", "its WebSocket handshake is not valid");
    const headers = answerHeaders(response.headers);
    this.#status = 101;
    this.#client.respond(101, [...headers, ["Connection", "Upgrade"], ["Upgrade", "websocket"]], false);
    const client = this.#client.upgrade()!;
    if (pending.length > 0) client.socket.write(pending);
    if (client.pending.length > 0) socket.write(client.pending);
    tunnel(client.socket, socket, this.#route.upstream.timeouts.tunnel);
  }

  // ---- ends

  get #blocking(): boolean {
    return this.#waf.settings.ruleEngine === "On";
  }

  #block(interruption: Interruption): void {
    if (interruption.action === "drop") {
      this.#client.abort("connection");
      return;
    }
    return this.#answer(blockedResponse(interruption, this.#tx.id, this.#header("accept")));
  }

  /** Part of the inspection failed. True when the policy ended the exchange. */
  async #fault(kind: string, error: unknown): Promise<boolean> {
    const policy = this.#blocking ? this.#policy.onFault : "pass";
    this.#events.onFault?.(kind, (error as Error).message, policy, this.#tx.id);
    if (policy === "pass") return false;
    this.#error = `${kind}: ${(error as Error).message}`;
    this.#answerOwn(500, "The request could not be inspected.");
    return true;
  }

  #refuse(status: number, message: string): "answered" {
    this.#answerOwn(status, message);
    return "answered";
  }

  /** A failure on the way: the client gets a clear answer if nothing was sent yet, a broken one otherwise. */
  async #fail(error: unknown): Promise<void> {
    if (this.#client.gone || (this.#gone.signal.aborted && !(error instanceof ClientFault))) {
      this.#error = "the client left";
      return;
    }
    this.#error = (error as Error).message;
    if (this.#status !== 0) return this.#client.abort("stream");
    if (error instanceof ClientFault) {
      this.#answerOwn(
        error.status,
        error.status === 408 ? "The request took too long." : "The request body was not sent as announced.",
      );
    } else if (error instanceof UpstreamError) {
      const status = error.kind === "timeout" ? 504 : error.kind === "unavailable" ? 503 : 502;
      this.#answerOwn(
        status,
        status === 504 ? "The application did not answer in time." : "The application did not answer.",
      );
    } else {
      const kind = error instanceof LostBodyError ? "temporary-storage" : "proxy";
      this.#events.onFault?.(kind, (error as Error).message, "block", this.#tx.id);
      this.#answerOwn(500, "The request could not be inspected.");
    }
  }

  #answerOwn(status: number, message: string): void {
    return this.#answer(ownResponse(status, this.#tx.id, this.#header("accept"), message));
  }

  #answer(response: OwnResponse): void {
    this.#status = response.status;
    const body = Buffer.from(response.body, "utf8");
    const headers = [...response.headers, ["Content-Length", String(body.length)] as const, ...this.#exposed()];
    const bodyFollows = this.#client.head.method !== "HEAD";
    this.#client.respond(response.status, headers, bodyFollows);
    if (!bodyFollows) return;
    this.#bytesOut += body.length;
    void this.#client.write(body);
    this.#client.end([]);
  }

  #exposed(): [string, string][] {
    const name = this.#policy.exposeMatches;
    if (name === undefined) return [];
    const ids = this.#tx.matchedRules.filter((matched) => matched.log).map((matched) => matched.rule.id);
    return [[name, ids.join(",")]];
  }

  #header(name: string): string {
    return this.#headers.get(name) ?? "";
  }

  #record(): ExchangeRecord {
    const { head, connection } = this.#client;
    return {
      tx: this.#tx,
      requestId: this.#tx.id,
      startMs: this.#tx.startMs,
      durationMs: performance.now() - this.#started,
      client: this.#identity.address,
      peer: connection.remoteAddress,
      method: head.method,
      target: head.target,
      host: this.#header("host"),
      protocol: head.version,
      tls: connection.tls,
      status: this.#status,
      bytesIn: this.#intake?.bytes ?? 0,
      bytesOut: this.#bytesOut,
      ruleSet: this.#route.ruleSet,
      upstream: this.#route.upstream.name,
      server: this.#server,
      upstreamMs: this.#upstreamMs,
      error: this.#error,
      userAgent: this.#header("user-agent"),
      referer: this.#header("referer"),
    };
  }
}
