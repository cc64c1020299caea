import type { Duplex } from "node:stream";
import type { MaybePromise } from "@cuirass/engine";
import type { RequestHead } from "../request-head.ts";

/** Header lines, unmerged and in order. Texts are byte strings. */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

/** The connection that a request came over. */
export interface ClientConnection {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  /** Name of the TLS version, undefined for plain connections. */
  readonly tls: string | undefined;
}

/** A request body, pulled piece by piece so that a slow reader slows the client down. */
export interface RequestBody {
  /** Content-Length, undefined when the client announced none. */
  readonly length: number | undefined;
  /** The next piece, undefined at the end. Rejects with a {@link ClientFault}. */
  next(): MaybePromise<Buffer | undefined>;
  /** Header lines after the body; empty until its end. */
  readonly trailers: HeaderLines;
}

/** One request and the way to answer it, whatever the protocol. Answers are written in the order of the methods here. */
export interface ClientStream {
  readonly head: RequestHead;
  readonly connection: ClientConnection;
  /** Undefined when no body follows the head. */
  readonly body: RequestBody | undefined;
  /** True once there is nobody left to answer. */
  readonly gone: boolean;
  /** Called at most once, when the client leaves before the answer is complete. */
  onGone(listener: () => void): void;
  /** Tells a client that waits for it to send its body. */
  sendContinue(): void;
  /** Status and headers; `bodyFollows` false also ends the answer. */
  respond(status: number, headers: HeaderLines, bodyFollows: boolean): void;
  /** A piece of the answer's body; resolves when the client takes more, false when it never will. */
  write(piece: Uint8Array): MaybePromise<boolean>;
  end(trailers: HeaderLines): void;
  /** Breaks the answer off, so that the client cannot take it for a complete one. `connection`: everything else on it too. */
  abort(what: "stream" | "connection"): void;
  /** Hands over the connection after a 101 was written; undefined where the protocol has no such thing. */
  upgrade(): { readonly socket: Duplex; readonly pending: Buffer } | undefined;
}

/** The client did not keep to the protocol or to the time allowed. */
export class ClientFault extends Error {
  readonly status: 400 | 408;
  constructor(status: 400 | 408, message: string) {
    super(message);
    this.status = status;
  }
}
