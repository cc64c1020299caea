import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { BodyWriteResult, Interruption, Transaction, Waf } from "@cuirass/engine";
import type { RequestHead } from "./request-head.ts";
import type { SocketReader } from "./socket-reader.ts";
import type { Upstream } from "./upstream.ts";
import { blockedResponse, ownResponse } from "./block-page.ts";
import type { OwnResponse } from "./block-page.ts";
import { bodyFraming, BodyFramingError, readBody } from "./request-body.ts";
import { formatHead, writeAll } from "./write-response.ts";

/** What every exchange of a proxy shares. */
export interface ExchangeContext {
  waf(): Waf;
  readonly upstream: Upstream;
  /** Response header that lists the ids of logged rules; for test runners, never on a public server. */
  readonly exposeMatches: string | undefined;
  /** Called when the exchange is over, before the transaction closes. */
  onDone(tx: Transaction, status: number): void;
}

const SKIPPED_RESPONSE_HEADERS = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "trailer"]);

/**
 * One request and its response: head inspected, body held until it is inspected, forwarded; response likewise.
 * Returns true when the connection can carry another request.
 */
export async function handleExchange(
  context: ExchangeContext,
  socket: Socket,
  reader: SocketReader,
  head: RequestHead,
): Promise<boolean> {
  const tx = context.waf().newTransaction();
  const exchange = new Exchange(context, socket, reader, head, tx);
  try {
    await exchange.run();
  } catch (error) {
    await exchange.fail(error);
  } finally {
    await tx.processLogging();
    context.onDone(tx, exchange.status);
    tx.close();
  }
  return exchange.reusable;
}

class Exchange {
  status = 0;
  /** False once the position in the byte stream is lost or the client asked to close. */
  reusable: boolean;
  readonly #context: ExchangeContext;
  readonly #socket: Socket;
  readonly #reader: SocketReader;
  readonly #head: RequestHead;
  readonly #tx: Transaction;
  #responded = false;

  constructor(context: ExchangeContext, socket: Socket, reader: SocketReader, head: RequestHead, tx: Transaction) {
    this.#context = context;
    this.#socket = socket;
    this.#reader = reader;
    this.#head = head;
    this.#tx = tx;
    this.reusable = wantsKeepAlive(head);
  }

  async run(): Promise<void> {
    const blocked = await this.#inspectHead();
    if (blocked !== undefined) return this.#block(blocked, true);
    if (this.#head.method === "CONNECT") {
      return this.#answer(ownResponse(405, this.#tx.id, this.#header("accept"), "This proxy opens no tunnels."));
    }
    const framing = bodyFraming(this.#head);
    if (framing !== 0 && this.#header("expect").toLowerCase() === "100-continue") {
      await writeAll(this.#socket, "HTTP/1.1 100 Continue\r\n\r\n");
    }
    const body = framing === 0 ? undefined : readBody(this.#reader, framing);
    const held = await this.#inspectBody(body);
    if (held.interruption !== undefined) return this.#block(held.interruption, true);
    const forwarded = body === undefined ? undefined : held.pieces(body);
    const length = framing === "chunked" || (framing === 0 && !mayHaveBody(this.#head.method)) ? undefined : framing;
    const client = this.#socket.remoteAddress ?? "";
    const response = await this.#context.upstream.send(this.#head, client, length, forwarded);
    await this.#respond(response);
  }

  async #inspectHead(): Promise<Interruption | undefined> {
    const { remoteAddress, remotePort, localAddress, localPort } = this.#socket;
    const tx = this.#tx;
    tx.processConnection(plainAddress(remoteAddress), remotePort ?? 0, plainAddress(localAddress), localPort ?? 0);
    tx.processUri(this.#head.target, this.#head.method, this.#head.version);
    for (const [name, value] of this.#head.headers) tx.addRequestHeader(name, value);
    tx.setServerName(this.#header("host"));
    return tx.processRequestHeaders();
  }

  /** Holds the body until phase 2 has decided, or until its limit is reached; what is held is sent on afterwards. */
  async #inspectBody(body: AsyncGenerator<Buffer> | undefined): Promise<HeldBody> {
    const held = new HeldBody(this.#tx);
    if (body !== undefined && this.#tx.isRequestBodyAccessible() && !this.#tx.isRuleEngineOff()) {
      for (;;) {
        const next = await body.next();
        if (next.done === true) break;
        if (!(await held.add(next.value))) break;
      }
    }
    held.interruption ??= await this.#tx.processRequestBody();
    return held;
  }

  async #respond(response: IncomingMessage): Promise<void> {
    const tx = this.#tx;
    const headers = pairs(response.rawHeaders);
    for (const [name, value] of headers) tx.addResponseHeader(name, value);
    const status = response.statusCode ?? 502;
    const blocked = await tx.processResponseHeaders(status, `HTTP/${response.httpVersion}`);
    if (blocked !== undefined) {
      response.destroy();
      return this.#block(blocked, false);
    }
    const kept = headers.filter(([name]) => !SKIPPED_RESPONSE_HEADERS.has(name.toLowerCase()));
    const pieces = response as AsyncIterable<Buffer>;
    if (!tx.isResponseBodyAccessible() || !tx.isResponseBodyProcessable() || !hasBody(this.#head.method, status)) {
      const late = await tx.processResponseBody();
      if (late !== undefined) {
        response.destroy();
        return this.#block(late, false);
      }
      return this.#stream(status, kept, [], pieces);
    }
    const held: Buffer[] = [];
    let result: BodyWriteResult | undefined;
    for await (const piece of (response as { iterator(options: object): AsyncIterable<Buffer> }).iterator({
      destroyOnReturn: false,
    })) {
      held.push(piece);
      result = await tx.writeResponseBody(piece);
      if (result.interruption !== undefined || result.accepted < piece.length) break;
    }
    const interruption = result?.interruption ?? (await tx.processResponseBody());
    if (interruption !== undefined) {
      response.destroy();
      return this.#block(interruption, false);
    }
    return this.#stream(status, kept, held, pieces);
  }

  async #stream(
    status: number,
    headers: readonly (readonly [string, string])[],
    held: readonly Buffer[],
    rest: AsyncIterable<Buffer>,
  ): Promise<void> {
    this.status = status;
    this.#responded = true;
    const sized = headers.some(([name]) => name.toLowerCase() === "content-length");
    const empty = !hasBody(this.#head.method, status);
    const chunked = !sized && !empty && this.#head.version === "HTTP/1.1";
    if (!sized && !empty && !chunked) this.reusable = false;
    const own: [string, string][] = chunked ? [["Transfer-Encoding", "chunked"]] : [];
    own.push(["Connection", this.reusable ? "keep-alive" : "close"], ...this.#exposed());
    if (!(await writeAll(this.#socket, formatHead(status, [...headers, ...own])))) return;
    for (const piece of held) if (!(await this.#writePiece(piece, chunked))) return;
    for await (const piece of rest) if (!(await this.#writePiece(piece, chunked))) return;
    if (chunked) await writeAll(this.#socket, "0\r\n\r\n");
  }

  async #writePiece(piece: Buffer, chunked: boolean): Promise<boolean> {
    if (!chunked || piece.length === 0) return writeAll(this.#socket, piece);
    return writeAll(
      this.#socket,
      Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n")]),
    );
  }

  async #block(interruption: Interruption, requestUnread: boolean): Promise<void> {
    if (requestUnread && bodyFraming(this.#head) !== 0) this.reusable = false;
    if (interruption.action === "drop") {
      this.reusable = false;
      this.#socket.destroy();
      return;
    }
    await this.#answer(blockedResponse(interruption, this.#tx.id, this.#header("accept")));
  }

  /** A fault on the way: the client gets a clear answer if nothing was sent yet, a broken connection otherwise. */
  async fail(error: unknown): Promise<void> {
    this.reusable = false;
    if (this.#responded) {
      this.#socket.destroy();
      return;
    }
    const framing = error instanceof BodyFramingError;
    const message = framing ? "The request body was not sent as announced." : "The application did not answer.";
    await this.#answer(ownResponse(framing ? 400 : 502, this.#tx.id, this.#header("accept"), message));
  }

  async #answer(response: OwnResponse): Promise<void> {
    this.status = response.status;
    this.#responded = true;
    const body = Buffer.from(response.body, "utf8");
    const headers: [string, string][] = [
      ...(response.headers as [string, string][]),
      ["Content-Length", String(body.length)],
      ["Connection", this.reusable ? "keep-alive" : "close"],
      ...this.#exposed(),
    ];
    await writeAll(this.#socket, formatHead(response.status, headers));
    if (this.#head.method !== "HEAD") await writeAll(this.#socket, body);
  }

  #exposed(): [string, string][] {
    const name = this.#context.exposeMatches;
    if (name === undefined) return [];
    const ids = this.#tx.matchedRules.filter((matched) => matched.log).map((matched) => matched.rule.id);
    return [[name, ids.join(",")]];
  }

  #header(name: string): string {
    return this.#head.headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? "";
  }
}

/** A request body on hold: the inspected part lies in the transaction's buffer, what came after it waits here. */
class HeldBody {
  interruption: Interruption | undefined = undefined;
  readonly #tx: Transaction;
  #rest: Uint8Array | undefined;

  constructor(tx: Transaction) {
    this.#tx = tx;
  }

  /** False when no more should be read before the verdict. */
  async add(piece: Buffer): Promise<boolean> {
    const { interruption, accepted } = await this.#tx.writeRequestBody(piece);
    this.interruption = interruption;
    if (interruption !== undefined) return false;
    if (accepted === piece.length) return true;
    this.#rest = piece.subarray(accepted);
    return false;
  }

  /** What to send on: the held part, then the rest as it arrives. */
  async *pieces(live: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
    yield* this.#tx.requestBody.reader();
    if (this.#rest !== undefined) yield this.#rest;
    yield* live;
  }
}

function wantsKeepAlive(head: RequestHead): boolean {
  const connection = head.headers
    .filter(([name]) => name.toLowerCase() === "connection")
    .map(([, value]) => value.toLowerCase())
    .join(",");
  return head.version === "HTTP/1.1" ? !connection.includes("close") : connection.includes("keep-alive");
}

function mayHaveBody(method: string): boolean {
  return method === "POST" || method === "PUT" || method === "PATCH";
}

function hasBody(method: string, status: number): boolean {
  return method !== "HEAD" && status >= 200 && status !== 204 && status !== 304;
}

function pairs(raw: readonly string[]): [string, string][] {
  const list: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) list.push([raw[at]!, raw[at + 1]!]);
  return list;
}

/** `::ffff:127.0.0.1` as `127.0.0.1`. */
function plainAddress(address: string | undefined): string {
  return address?.replace(/^::ffff:(?=\d+\.)/, "") ?? "";
}
