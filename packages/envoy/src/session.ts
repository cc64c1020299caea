import type { FaultPolicy, Interruption, Transaction, Waf } from "@cuirass/engine";
import { CodingError, isReadableCoding, webSocketKey } from "@cuirass/node";
import type {
  BodyResponse,
  BodySendMode,
  HttpBody,
  HttpHeaders,
  ProcessingMode,
  ProcessingRequest,
  ProcessingResponse,
} from "./protocol.ts";
import { BodyFeed } from "./body-feed.ts";
import { readAttributes } from "./envoy-attributes.ts";
import { blockAnswer, ownAnswer } from "./immediate-response.ts";

/** How exchanges are treated. */
export interface EnvoyPolicy {
  /** When a part of the inspection fails. In detection mode nothing is ever blocked for it. */
  readonly onFault: FaultPolicy;
  /** Requests with a Content-Encoding: `inspect` an unpacked copy, `refuse` them with 415, or `pass` their bodies. */
  readonly compressedRequests: "inspect" | "refuse" | "pass";
  readonly compressedResponses: "inspect" | "pass";
  /** How Envoy sends bodies, for versions that do not say so themselves. */
  readonly requestBodyMode: BodySendMode;
  readonly responseBodyMode: BodySendMode;
}

/** What sessions tell. */
export interface SessionEvents {
  /** An exchange is over; `status` is what the client was answered, 0 when it got no answer. */
  onExchange?(tx: Transaction, status: number, ruleSet: string): void;
  onFault?(kind: string, message: string, policy: FaultPolicy, requestId: string): void;
  /** Envoy is configured so that something is missing. */
  onWarning?(message: string): void;
}

/** What Envoy says about an exchange besides the exchange itself: initial metadata of its call. */
export interface SessionOptions {
  readonly waf: Waf;
  readonly ruleSet: string;
  /** gRPC streams are not held: their headers are inspected, their messages are not. */
  readonly grpc: boolean;
  readonly policy: EnvoyPolicy;
  readonly events: SessionEvents;
}

type Answer = readonly ProcessingResponse[];
type Side = "request" | "response";

/** A side of the exchange whose body is under way. */
interface Flow {
  mode: BodySendMode;
  feed: BodyFeed | undefined;
  /** Its rules have decided. */
  judged: boolean;
  /** Pieces not given back yet, in full-duplex mode. */
  held: HttpBody[];
}

/**
 * One HTTP exchange as Envoy tells it: messages come in order, each is answered before Envoy goes on (except in full-duplex
 * mode, where pieces of a body are kept until its rules have decided). After an immediate response nothing more comes.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #tx: Transaction;
  readonly #request: Flow = { mode: "NONE", feed: undefined, judged: false, held: [] };
  readonly #response: Flow = { mode: "NONE", feed: undefined, judged: false, held: [] };
  #method = "";
  #accept = "";
  #isGrpc = false;
  #status = 0;
  #answered = false;
  #began = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#tx = options.waf.newTransaction();
  }

  /** Answers to a message, in order; none when Envoy expects none, or none yet. Never rejects. */
  async handle(message: ProcessingRequest): Promise<Answer> {
    if (this.#answered) return [];
    let answer: Answer;
    try {
      answer = await this.#take(message);
    } catch (error) {
      answer = this.#fault(error) ?? this.#release(message);
    }
    if (answer.some(({ immediateResponse }) => immediateResponse !== undefined)) this.#answered = true;
    return message.observabilityMode === true ? [] : answer;
  }

  /** The exchange is over. Never rejects. */
  async finish(): Promise<void> {
    this.#request.feed?.close();
    this.#response.feed?.close();
    try {
      if (this.#began) {
        await this.#tx.processLogging();
        this.#options.events.onExchange?.(this.#tx, this.#status, this.#options.ruleSet);
      }
    } finally {
      this.#tx.close();
    }
  }

  #take(message: ProcessingRequest): Promise<Answer> {
    const { requestHeaders, requestBody, requestTrailers, responseHeaders, responseBody, responseTrailers } = message;
    if (requestHeaders !== undefined) return this.#openRequest(requestHeaders, message);
    if (requestBody !== undefined) return this.#body("request", requestBody);
    if (responseHeaders !== undefined) return this.#openResponse(responseHeaders);
    if (responseBody !== undefined) return this.#body("response", responseBody);
    const trailers = (requestTrailers ?? responseTrailers)?.trailers?.headers ?? [];
    const side = requestTrailers === undefined ? "response" : "request";
    if (side === "request") for (const line of trailers) this.#tx.addRequestHeader(line.key, valueOf(line));
    return this.#trailers(side);
  }

  // ---- requests

  async #openRequest(message: HttpHeaders, whole: ProcessingRequest): Promise<Answer> {
    const tx = this.#tx;
    const { policy, events } = this.#options;
    this.#began = true;
    this.#request.mode = whole.protocolConfig?.requestBodyMode ?? policy.requestBodyMode;
    this.#response.mode = whole.protocolConfig?.responseBodyMode ?? policy.responseBodyMode;
    const attributes = readAttributes(whole);
    if (!attributes.known)
      events.onWarning?.("Envoy tells no client address: list source.address in request_attributes");
    const { fields, headers } = readHeaders(message);
    const get = (name: string): string => fields.get(name) ?? "";
    this.#method = get(":method");
    this.#accept = get("accept");
    if (get(":authority") !== "" && !fields.has("host")) headers.unshift(["host", get(":authority")]);
    tx.processConnection(
      attributes.clientAddress,
      attributes.clientPort,
      attributes.serverAddress,
      attributes.serverPort,
    );
    tx.processUri(get(":path"), this.#method, attributes.protocol);
    for (const [name, value] of headers) tx.addRequestHeader(name, value);
    tx.setServerName(get(":authority") || get("host"));
    const interruption = await tx.processRequestHeaders();
    if (interruption !== undefined) return this.#block(interruption);

    const end = message.endOfStream === true;
    this.#isGrpc = /^application\/grpc(?:[+;]|$)/i.test(get("content-type"));
    const isStream = this.#options.grpc && this.#isGrpc && this.#method === "POST" && get("te") === "trailers";
    const head = { method: this.#method, version: "HTTP/1.1", headers };
    const isTunnel = webSocketKey(head, fields.has("content-length")) !== undefined;
    const coding = contentCoding(get("content-encoding"));
    const passes = isStream || isTunnel || !tx.isRequestBodyAccessible() || tx.isRuleEngineOff();
    const wanted = !end && !passes && (coding === "" || policy.compressedRequests !== "pass");
    if (wanted && coding !== "" && (policy.compressedRequests === "refuse" || !isReadableCoding(coding))) {
      if (this.#blocking) return [ownAnswer(415, tx.id, this.#accept, `The content coding ${coding} is not accepted.`)];
    } else if (wanted) {
      this.#request.feed = new BodyFeed(coding, (bytes) => tx.writeRequestBody(bytes));
    }
    if (this.#request.feed !== undefined) return [{ requestHeaders: {} }];
    const late = await this.#judge("request");
    if (late !== undefined) return this.#block(late);
    if (end) return [{ requestHeaders: {} }];
    if (isStream || isTunnel) this.#response.mode = "NONE";
    return [{ requestHeaders: {}, modeOverride: this.#override({ requestBodyMode: "NONE" }) }];
  }

  // ---- responses

  async #openResponse(message: HttpHeaders): Promise<Answer> {
    const tx = this.#tx;
    const { fields, headers } = readHeaders(message);
    this.#status = Number(fields.get(":status") ?? 0);
    // The application answered early, or Envoy cut the body: what came is judged now.
    const early = this.#request.judged ? undefined : await this.#judge("request");
    if (early !== undefined) return this.#block(early);
    for (const [name, value] of headers) tx.addResponseHeader(name, value);
    const interruption = await tx.processResponseHeaders(this.#status, "HTTP/1.1");
    if (interruption !== undefined) return this.#block(interruption);
    const coding = contentCoding(fields.get("content-encoding") ?? "");
    const isEventStream = (fields.get("content-type") ?? "").toLowerCase().startsWith("text/event-stream");
    const end = message.endOfStream === true;
    const wanted =
      !end &&
      this.#response.mode !== "NONE" &&
      !isEventStream &&
      hasBody(this.#method, this.#status) &&
      tx.isResponseBodyAccessible() &&
      tx.isResponseBodyProcessable() &&
      !tx.isRuleEngineOff() &&
      (coding === "" || this.#options.policy.compressedResponses !== "pass");
    if (wanted) {
      if (coding !== "" && !isReadableCoding(coding)) throw new CodingError(`responses in ${coding} cannot be read`);
      this.#response.feed = new BodyFeed(coding, (bytes) => tx.writeResponseBody(bytes));
      return [{ responseHeaders: {} }];
    }
    const late = await this.#judge("response");
    if (late !== undefined) return this.#block(late);
    // Without this Envoy would collect bodies that nobody wants, and wait for the end of streams that have none.
    if (end || this.#response.mode === "NONE") return [{ responseHeaders: {} }];
    return [{ responseHeaders: {}, modeOverride: this.#override({ responseBodyMode: "NONE" }) }];
  }

  // ---- bodies

  async #body(side: Side, message: HttpBody): Promise<Answer> {
    const flow = side === "request" ? this.#request : this.#response;
    const duplex = flow.mode === "FULL_DUPLEX_STREAMED";
    if (duplex) flow.held.push(message);
    if (!flow.judged && flow.feed !== undefined) {
      const { feed } = flow;
      await feed.add(message.body ?? new Uint8Array());
      const isWhole = message.endOfStream === true || flow.mode === "BUFFERED" || flow.mode === "BUFFERED_PARTIAL";
      if (feed.interruption === undefined && !isWhole && !feed.full) return duplex ? [] : [answerTo(side, undefined)];
      if (side === "request" && flow.mode === "BUFFERED_PARTIAL" && message.endOfStream !== true && this.#mustBeWhole) {
        return [ownAnswer(413, this.#tx.id, this.#accept, "The request is too large to be inspected.")];
      }
      const interruption = await this.#judge(side);
      if (interruption !== undefined) return this.#block(interruption);
    }
    return duplex ? this.#giveBack(side) : [answerTo(side, undefined)];
  }

  async #trailers(side: Side): Promise<Answer> {
    const flow = side === "request" ? this.#request : this.#response;
    const interruption = flow.judged ? undefined : await this.#judge(side);
    if (interruption !== undefined) return this.#block(interruption);
    const answer: ProcessingResponse = side === "request" ? { requestTrailers: {} } : { responseTrailers: {} };
    return [...this.#giveBack(side), answer];
  }

  async #judge(side: Side): Promise<Interruption | undefined> {
    const flow = side === "request" ? this.#request : this.#response;
    flow.judged = true;
    await flow.feed?.end();
    if (flow.feed?.interruption !== undefined) return flow.feed.interruption;
    return side === "request" ? this.#tx.processRequestBody() : this.#tx.processResponseBody();
  }

  #giveBack(side: Side): Answer {
    const flow = side === "request" ? this.#request : this.#response;
    return flow.held.splice(0).map((piece) => answerTo(side, piece));
  }

  // ---- ends

  get #blocking(): boolean {
    return this.#options.waf.settings.ruleEngine === "On";
  }

  get #mustBeWhole(): boolean {
    return this.#blocking && this.#options.waf.settings.requestBodyLimitAction === "Reject";
  }

  #override(change: Partial<ProcessingMode>): ProcessingMode {
    return {
      requestBodyMode: this.#request.mode,
      responseHeaderMode: "SEND",
      responseBodyMode: this.#response.mode,
      requestTrailerMode: "SKIP",
      responseTrailerMode: "SKIP",
      ...change,
    };
  }

  #block(interruption: Interruption): Answer {
    const answer = blockAnswer(interruption, this.#tx.id, this.#accept, this.#isGrpc);
    this.#status = answer.immediateResponse!.status.code;
    return [answer];
  }

  /** Part of the inspection failed. Undefined when the exchange goes on. */
  #fault(error: unknown): Answer | undefined {
    const { message } = error as Error;
    const isRequest = this.#status === 0;
    if (error instanceof CodingError && isRequest) {
      return this.#blocking
        ? [ownAnswer(415, this.#tx.id, this.#accept, "The body is not what its content coding says.")]
        : undefined;
    }
    const policy = this.#blocking ? this.#options.policy.onFault : "pass";
    const kind = error instanceof CodingError ? "response-coding" : "temporary-storage";
    this.#options.events.onFault?.(kind, message, policy, this.#tx.id);
    return policy === "pass"
      ? undefined
      : [ownAnswer(500, this.#tx.id, this.#accept, "The request could not be inspected.")];
  }

  /** The answer that lets a message go on uninspected. */
  #release(message: ProcessingRequest): Answer {
    if (message.requestHeaders !== undefined) return [{ requestHeaders: {} }];
    if (message.responseHeaders !== undefined) return [{ responseHeaders: {} }];
    const side: Side =
      message.requestBody !== undefined || message.requestTrailers !== undefined ? "request" : "response";
    const flow = side === "request" ? this.#request : this.#response;
    flow.judged = true;
    if (message.requestTrailers !== undefined) return [...this.#giveBack(side), { requestTrailers: {} }];
    if (message.responseTrailers !== undefined) return [...this.#giveBack(side), { responseTrailers: {} }];
    return flow.held.length > 0 ? this.#giveBack(side) : [answerTo(side, undefined)];
  }
}

function answerTo(side: Side, piece: HttpBody | undefined): ProcessingResponse {
  const body: BodyResponse =
    piece === undefined
      ? {}
      : {
          response: {
            bodyMutation: {
              streamedResponse: { body: piece.body ?? new Uint8Array(), endOfStream: piece.endOfStream === true },
            },
          },
        };
  return side === "request" ? { requestBody: body } : { responseBody: body };
}

function valueOf(line: { readonly value?: string; readonly rawValue?: Uint8Array }): string {
  if (line.rawValue !== undefined && line.rawValue.length > 0) return Buffer.from(line.rawValue).toString("latin1");
  return Buffer.from(line.value ?? "", "utf8").toString("latin1");
}

/** Header lines without pseudo headers, and the first value of each name. */
function readHeaders({ headers }: HttpHeaders): { fields: Map<string, string>; headers: [string, string][] } {
  const fields = new Map<string, string>();
  const lines: [string, string][] = [];
  for (const line of headers?.headers ?? []) {
    const value = valueOf(line);
    const name = line.key.toLowerCase();
    if (!fields.has(name)) fields.set(name, value);
    if (!name.startsWith(":")) lines.push([line.key, value]);
  }
  return { fields, headers: lines };
}

/** The Content-Encoding, lower-case; "" for none. */
function contentCoding(value: string): string {
  const coding = value.trim().toLowerCase();
  return coding === "identity" ? "" : coding;
}

function hasBody(method: string, status: number): boolean {
  return method !== "HEAD" && status >= 200 && status !== 204 && status !== 304;
}
