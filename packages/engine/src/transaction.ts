import type { Interruption } from "./interruption.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import type { TempFile } from "./host.ts";
import type { ByteString } from "./text/bytes.ts";
import type { WafContext } from "./evaluate/evaluation.ts";
import { writeAuditLog } from "./audit/write.ts";
import { BodyBuffer } from "./body/body-buffer.ts";
import { readRequestBody, readResponseBody } from "./body/read-body.ts";
import { parseMacro } from "./compile/macro.ts";
import { WafStateError } from "./errors.ts";
import { Evaluation } from "./evaluate/evaluation.ts";
import { isPromise } from "./maybe-promise.ts";
import { Phase } from "./phase.ts";
import { fromBytes, isByteString } from "./text/bytes.ts";
import { addArgument } from "./variables/populate/arguments.ts";
import { populateConnection } from "./variables/populate/connection.ts";
import { addRequestHeader, addResponseHeader } from "./variables/populate/headers.ts";
import { populateUri } from "./variables/populate/uri.ts";

/** Bytes as a `Uint8Array`, or as a byte string (`encodeUtf8` turns ordinary text into one). */
export type Bytes = Uint8Array | ByteString;

/** What a body write did. */
export interface BodyWriteResult {
  readonly interruption: Interruption | undefined;
  /** Bytes stored; fewer than given once a limit is reached. */
  readonly accepted: number;
}

/** A whole request, for {@link Transaction.processRequest}. */
export interface WholeRequest {
  readonly client?: { readonly address: string; readonly port: number };
  readonly server?: { readonly address: string; readonly port: number };
  readonly method: string;
  readonly uri: string;
  readonly protocol?: string;
  readonly headers: Iterable<readonly [name: string, value: string]>;
  readonly body?: Bytes;
}

/**
 * One HTTP exchange under inspection: the methods a host calls, in call order.
 *
 *     processConnection, processUri, addRequestHeader*, processRequestHeaders          phase 1
 *     writeRequestBody*, processRequestBody                                            phase 2
 *     addResponseHeader*, processResponseHeaders                                       phase 3
 *     writeResponseBody*, processResponseBody                                          phase 4
 *     processLogging, close                                                            phase 5
 *
 * A host stops at the first interruption, answers as it says, and still calls `processLogging` and `close`.
 * Phase calls return a promise only when a port has to be waited for. Source: spec transaction, 2 and 5.
 *
 * @throws WafStateError from any method when it is misused: after `close`, or with text that is no byte string.
 *   Traffic never throws.
 */
export class Transaction extends Evaluation {
  readonly requestBody: BodyBuffer;
  readonly responseBody: BodyBuffer;
  readonly #uploads: TempFile[] = [];
  #logged = false;
  #closed = false;
  #requestBodyFull = false;
  #responseBodyFull = false;

  constructor(context: WafContext, id: string) {
    super(context, id);
    const { settings } = context.ruleset;
    const { tempStorage, latin1 } = context.host;
    const memoryLimit = settings.requestBodyInMemoryLimit ?? settings.requestBodyLimit;
    this.requestBody = new BodyBuffer({ memoryLimit, tempStorage, latin1 });
    this.responseBody = new BodyBuffer({ memoryLimit: Infinity, tempStorage: undefined, latin1 });
  }

  // ---- the connection and the request line

  /** REMOTE_ADDR, REMOTE_PORT, SERVER_ADDR, SERVER_PORT. */
  processConnection(client: string, clientPort: number, server: string, serverPort: number): void {
    populateConnection(this.variables, client, clientPort, server, serverPort);
  }

  /** Request line: URI variables and query arguments. `uri` is the raw target as received. */
  processUri(uri: Bytes, method: Bytes, protocol: Bytes): void {
    const add = (name: ByteString, value: ByteString): boolean =>
      addArgument(this.variables.argsGet, this, name, value);
    populateUri(this.variables, this.ruleset.settings, bytes(uri), bytes(method), bytes(protocol), add);
  }

  /** One request header line; call it once per line, in order. */
  addRequestHeader(name: Bytes, value: Bytes): void {
    addRequestHeader(this.variables, this.ruleset.settings, bytes(name), bytes(value), this.context.entries.request);
  }

  /** SERVER_NAME: the Host header's value as the host understood it. */
  setServerName(name: Bytes): void {
    this.variables.serverName.set(bytes(name));
  }

  /** A query argument that the host knows of besides those in the URI. */
  addGetArgument(name: Bytes, value: Bytes): void {
    addArgument(this.variables.argsGet, this, bytes(name), bytes(value));
  }

  /** A body argument that the host knows of. */
  addPostArgument(name: Bytes, value: Bytes): void {
    addArgument(this.variables.argsPost, this, bytes(name), bytes(value));
  }

  /** A path parameter that the host's router found. */
  addPathArgument(name: Bytes, value: Bytes): void {
    addArgument(this.variables.argsPath, this, bytes(name), bytes(value));
  }

  /** Rules of phase 1. */
  processRequestHeaders(): MaybePromise<Interruption | undefined> {
    if (this.control.ruleEngine === "Off") return undefined;
    if (!this.#mayEnter(Phase.RequestHeaders)) return this.interruption;
    return this.#evaluate(Phase.RequestHeaders);
  }

  // ---- the request body

  /**
   * Stores a piece of the request body. Past SecRequestBodyLimit it either interrupts with 413 (Reject) or keeps what
   * fits and evaluates phase 2 at once (ProcessPartial).
   */
  writeRequestBody(chunk: Bytes): MaybePromise<BodyWriteResult> {
    const { control } = this;
    if (control.ruleEngine === "Off" || !control.requestBodyAccess) return nothingWritten;
    if (this.#requestBodyFull) return { interruption: this.interruption, accepted: 0 };
    const piece = typeof chunk === "string" ? bytes(chunk) : chunk;
    const room = control.requestBodyLimit - this.requestBody.size;
    // Compat: a body of exactly the limit is within it, and ctl can raise the limit (gaps A19).
    if (piece.length <= room) {
      this.requestBody.write(piece);
      return { interruption: undefined, accepted: piece.length };
    }
    this.#requestBodyFull = true;
    this.variables.inboundDataError.set("1");
    if (this.#rejects(this.ruleset.settings.requestBodyLimitAction)) {
      this.interrupt({ ruleId: 0, action: "deny", status: 413, data: "" });
      return { interruption: this.interruption, accepted: 0 };
    }
    this.requestBody.write(beginning(piece, room));
    return accepted(this.processRequestBody(), room);
  }

  /** Parses the buffered body, then rules of phase 2. Needs phase 1. */
  processRequestBody(): MaybePromise<Interruption | undefined> {
    if (this.control.ruleEngine === "Off") return undefined;
    if (this.interruption !== undefined) return this.interruption;
    if (this.phase !== Phase.RequestHeaders) {
      this.log(this.phase >= Phase.RequestBody ? "debug" : "warn", "request body processed out of turn");
      return undefined;
    }
    this.phase = Phase.RequestBody;
    this.#guard("body-processor", () => readRequestBody(this, this.#uploads));
    return this.#evaluate(Phase.RequestBody);
  }

  // ---- the response

  /** One response header line. */
  addResponseHeader(name: Bytes, value: Bytes): void {
    addResponseHeader(this.variables, bytes(name), bytes(value), this.context.entries.response);
  }

  /** An argument of the response (RESPONSE_ARGS). */
  addResponseArgument(name: Bytes, value: Bytes): void {
    addArgument(this.variables.responseArgs, this, bytes(name), bytes(value));
  }

  /** Status and rules of phase 3. `protocol` is that of the response, e.g. `HTTP/1.1`. */
  processResponseHeaders(status: number, protocol: Bytes): MaybePromise<Interruption | undefined> {
    if (this.control.ruleEngine === "Off") return undefined;
    if (!this.#mayEnter(Phase.ResponseHeaders)) return this.interruption;
    this.variables.responseStatus.set(String(status));
    this.variables.responseProtocol.set(bytes(protocol));
    return this.#evaluate(Phase.ResponseHeaders);
  }

  /** Stores a piece of the response body; as `writeRequestBody`, with 500 for Reject. */
  writeResponseBody(chunk: Bytes): MaybePromise<BodyWriteResult> {
    const { control } = this;
    if (control.ruleEngine === "Off" || !control.responseBodyAccess) return nothingWritten;
    if (this.#responseBodyFull) return { interruption: this.interruption, accepted: 0 };
    const piece = typeof chunk === "string" ? bytes(chunk) : chunk;
    const room = control.responseBodyLimit - this.responseBody.size;
    if (piece.length <= room) {
      this.responseBody.write(piece);
      return { interruption: undefined, accepted: piece.length };
    }
    this.#responseBodyFull = true;
    this.variables.outboundDataError.set("1");
    if (this.#rejects(this.ruleset.settings.responseBodyLimitAction)) {
      this.interrupt({ ruleId: 0, action: "deny", status: 500, data: "" });
      return { interruption: this.interruption, accepted: 0 };
    }
    this.responseBody.write(beginning(piece, room));
    return accepted(this.processResponseBody(), room);
  }

  /** Rules of phase 4 on the buffered body. Needs phase 3. */
  processResponseBody(): MaybePromise<Interruption | undefined> {
    if (this.control.ruleEngine === "Off") return undefined;
    if (this.interruption !== undefined) return this.interruption;
    if (this.phase !== Phase.ResponseHeaders) {
      this.log(this.phase >= Phase.ResponseBody ? "debug" : "warn", "response body processed out of turn");
      return undefined;
    }
    this.phase = Phase.ResponseBody;
    if (this.control.responseBodyAccess && this.isResponseBodyProcessable()) {
      this.#guard("body-processor", () => readResponseBody(this));
    }
    return this.#evaluate(Phase.ResponseBody);
  }

  // ---- the end

  /** Rules of phase 5, then the audit entry. A second call does nothing. */
  processLogging(): MaybePromise<void> {
    if (this.#logged) return undefined;
    this.#logged = true;
    if (this.control.ruleEngine === "Off") return this.#guard("audit", () => writeAuditLog(this));
    const pending = this.#evaluate(Phase.Logging);
    if (isPromise(pending)) return pending.then(() => this.#guard("audit", () => writeAuditLog(this)));
    return this.#guard("audit", () => writeAuditLog(this));
  }

  /** Releases buffers and deletes temporary files, uploads too unless SecUploadKeepFiles says otherwise. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const { uploadKeepFiles } = this.ruleset.settings;
    const keep =
      uploadKeepFiles === "On" || (uploadKeepFiles === "RelevantOnly" && this.matchedRules.some((m) => m.log));
    for (const file of this.#uploads) this.#guard("port", () => file.close(keep));
    this.#guard("port", () => this.requestBody.close());
    this.#guard("port", () => this.responseBody.close());
  }

  // ---- helpers for hosts

  /** Takes a whole request through connection, URI, headers and body; stops at the first interruption. */
  processRequest(request: WholeRequest): MaybePromise<Interruption | undefined> {
    const { client, server } = request;
    this.processConnection(client?.address ?? "", client?.port ?? 0, server?.address ?? "", server?.port ?? 0);
    this.processUri(request.uri, request.method, request.protocol ?? "HTTP/1.1");
    for (const [name, value] of request.headers) this.addRequestHeader(name, value);
    const host = this.variables.requestHeaders.first("host");
    if (host !== undefined) this.setServerName(host);
    const headers = this.processRequestHeaders();
    return isPromise(headers) ? headers.then(() => this.#wholeBody(request)) : this.#wholeBody(request);
  }

  #wholeBody(request: WholeRequest): MaybePromise<Interruption | undefined> {
    if (this.interruption !== undefined) return this.interruption;
    const write = request.body === undefined ? nothingWritten : this.writeRequestBody(request.body);
    return isPromise(write) ? write.then(() => this.processRequestBody()) : this.processRequestBody();
  }

  /**
   * Expands a macro text, e.g. `%{request_headers.host}`.
   * @throws MacroError when the text is no valid macro text.
   */
  expandMacro(text: ByteString): ByteString {
    // The text may come from traffic, which must not add to the names that are numbered.
    return parseMacro(text, () => -1).expand(this);
  }

  isInterrupted(): boolean {
    return this.interruption !== undefined;
  }

  isRuleEngineOff(): boolean {
    return this.control.ruleEngine === "Off";
  }

  isRequestBodyAccessible(): boolean {
    return this.control.requestBodyAccess;
  }

  isResponseBodyAccessible(): boolean {
    return this.control.responseBodyAccess;
  }

  /** True when ctl forces it or the response's media type is listed in SecResponseBodyMimeType. */
  isResponseBodyProcessable(): boolean {
    if (this.control.forceResponseBodyVariable) return true;
    const type = this.variables.responseContentType.value.trim().toLowerCase();
    return this.ruleset.settings.responseBodyMimeTypes.includes(type);
  }

  override requestBodyText(): ByteString {
    return this.requestBody.text();
  }

  override get requestBodySize(): number {
    return this.requestBody.size;
  }

  // ---- order, faults

  /** Each header phase runs once, in order, and not after an interruption (spec: transaction, 2, order rules). */
  #mayEnter(phase: Phase): boolean {
    if (this.#closed) throw new WafStateError("WAF_STATE_CLOSED", "the transaction is closed");
    if (this.phase < phase && this.interruption === undefined) return true;
    this.log("error", "phase called out of turn", { phase, last: this.phase });
    return false;
  }

  #evaluate(phase: Phase): MaybePromise<Interruption | undefined> {
    this.phase = phase;
    this.startBudget();
    try {
      const pending = this.context.evaluatePhase(this, phase);
      if (isPromise(pending)) {
        return pending.then(
          () => this.#endPhase(),
          (error: unknown) => this.#failPhase(error),
        );
      }
    } catch (error) {
      return this.#failPhase(error);
    }
    return this.#endPhase();
  }

  #endPhase(): Interruption | undefined {
    this.stopBudget();
    return this.interruption;
  }

  #failPhase(error: unknown): Interruption | undefined {
    this.capturing = false;
    this.fault("rule", messageOf(error));
    return this.#endPhase();
  }

  #guard(kind: "port" | "body-processor" | "audit", work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fault(kind, messageOf(error));
    }
  }

  /** Compat: DetectionOnly softens a Reject also when ctl switched to it (gaps A20). */
  #rejects(action: "Reject" | "ProcessPartial"): boolean {
    return action === "Reject" && this.control.ruleEngine === "On";
  }
}

const nothingWritten: BodyWriteResult = { interruption: undefined, accepted: 0 };

function accepted(interruption: MaybePromise<Interruption | undefined>, count: number): MaybePromise<BodyWriteResult> {
  if (isPromise(interruption)) return interruption.then((done) => ({ interruption: done, accepted: count }));
  return { interruption, accepted: count };
}

/** Without what is beyond a limit. */
function beginning(piece: Bytes, length: number): Bytes {
  return typeof piece === "string" ? piece.slice(0, length) : piece.subarray(0, length);
}

function bytes(value: Bytes): ByteString {
  if (typeof value !== "string") return fromBytes(value);
  if (isByteString(value)) return value;
  throw new WafStateError(
    "WAF_STATE_NOT_BYTES",
    "a value holds characters beyond U+00FF; values are bytes: pass a Uint8Array, or use encodeUtf8(text)",
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
