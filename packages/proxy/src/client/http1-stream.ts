import type { Duplex } from "node:stream";
import type { Socket } from "node:net";
import type { MaybePromise } from "@cuirass/engine";
import type { ClientConnection, ClientStream, HeaderLines } from "./client-stream.ts";
import type { Http1Body } from "./http1-body.ts";
import type { RequestHead } from "../request-head.ts";
import type { SocketReader } from "./socket-reader.ts";
import { formatHead, untilDrained } from "./write-response.ts";

/** A request on an HTTP/1.1 connection. */
export class Http1Stream implements ClientStream {
  readonly head: RequestHead;
  readonly connection: ClientConnection;
  readonly body: Http1Body | undefined;
  /** Someone else has the connection now. */
  upgraded = false;
  readonly #socket: Socket;
  readonly #reader: SocketReader;
  readonly #writeTimeoutMs: number;
  readonly #mayReuse: () => boolean;
  #keepAlive = false;
  #chunked = false;
  #ended = false;
  #corked = false;

  constructor(
    socket: Socket,
    reader: SocketReader,
    head: RequestHead,
    connection: ClientConnection,
    body: Http1Body | undefined,
    options: { readonly writeTimeoutMs: number; readonly mayReuse: () => boolean },
  ) {
    this.#socket = socket;
    this.#reader = reader;
    this.head = head;
    this.connection = connection;
    this.body = body;
    this.#writeTimeoutMs = options.writeTimeoutMs;
    this.#mayReuse = options.mayReuse;
  }

  get gone(): boolean {
    return this.#socket.destroyed;
  }

  /** The answer is complete and the connection stands where the next request begins. */
  get reusable(): boolean {
    return this.#ended && this.#keepAlive && !this.#socket.destroyed && (this.body?.done ?? true);
  }

  onGone(listener: () => void): void {
    const socket = this.#socket;
    if (socket.destroyed) return listener();
    // A client that closes its side is taken to have left, as node:http and nginx do: most have, and the application should
    // not work for them. Whoever half-closes on purpose loses answers that are not under way yet.
    const once = (): void => {
      this.#forget();
      listener();
    };
    socket.once("close", once);
    socket.once("end", once);
    this.#forget = () => socket.off("close", once).off("end", once);
  }

  #forget = (): unknown => undefined;

  sendContinue(): void {
    if (this.head.version === "HTTP/1.1") this.#socket.write("HTTP/1.1 100 Continue\r\n\r\n");
  }

  respond(status: number, headers: HeaderLines, bodyFollows: boolean): void {
    const sized = headers.some(([name]) => name.toLowerCase() === "content-length");
    this.#chunked = bodyFollows && !sized && this.head.version === "HTTP/1.1";
    // Without a length and without chunks only the end of the connection ends the body.
    const delimited = !bodyFollows || sized || this.#chunked;
    this.#keepAlive = delimited && wantsKeepAlive(this.head) && (this.body?.done ?? true) && this.#mayReuse();
    const own: [string, string][] = this.#chunked ? [["Transfer-Encoding", "chunked"]] : [];
    if (status !== 101) own.push(["Connection", this.#keepAlive ? "keep-alive" : "close"]);
    this.#cork();
    this.#socket.write(formatHead(status, [...headers, ...own]), "latin1");
    if (!bodyFollows) this.#finish();
  }

  write(piece: Uint8Array): MaybePromise<boolean> {
    const socket = this.#socket;
    if (socket.destroyed) return false;
    if (piece.length === 0) return true;
    this.#cork();
    if (this.#chunked) socket.write(`${piece.length.toString(16)}\r\n`, "latin1");
    let more = socket.write(piece);
    if (this.#chunked) more = socket.write("\r\n", "latin1");
    if (more) return true;
    return untilDrained(socket, this.#writeTimeoutMs).then((drained) => {
      if (!drained) socket.destroy();
      return drained;
    });
  }

  end(trailers: HeaderLines): void {
    if (this.#chunked) {
      this.#cork();
      const lines = trailers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
      this.#socket.write(`0\r\n${lines}\r\n`, "latin1");
    }
    this.#finish();
  }

  abort(): void {
    this.#forget();
    this.#socket.destroy();
  }

  upgrade(): { readonly socket: Duplex; readonly pending: Buffer } {
    this.upgraded = true;
    this.#forget();
    return { socket: this.#socket, pending: this.#reader.detach() };
  }

  #finish(): void {
    this.#ended = true;
    this.#forget();
  }

  /** What is written in one go leaves in as few packets as it can. */
  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#socket.cork();
    queueMicrotask(() => {
      this.#corked = false;
      this.#socket.uncork();
    });
  }
}

function wantsKeepAlive(head: RequestHead): boolean {
  let connection = "";
  for (const [name, value] of head.headers) {
    if (name.length === 10 && name.toLowerCase() === "connection") connection += `,${value.toLowerCase()}`;
  }
  const named = connection.split(",").map((token) => token.trim());
  return head.version === "HTTP/1.1" ? !named.includes("close") : named.includes("keep-alive");
}
