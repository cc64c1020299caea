import type { Duplex } from "node:stream";
import type { MaybePromise } from "@cuirass/engine";
import type { HeaderLines } from "../client/client-stream.ts";

/** A request as it goes to an application. */
export interface UpstreamRequest {
  readonly method: string;
  readonly target: string;
  /** `http` or `https`, as the client came; HTTP/2 sends it along. */
  readonly scheme: string;
  /** Header lines without those that concern one connection. */
  readonly headers: HeaderLines;
  readonly body: ForwardBody | undefined;
  /** A complete WebSocket handshake: the application may take over the connection. */
  readonly upgrade: boolean;
}

/** A request body on its way to an application. */
export interface ForwardBody {
  /** Bytes, undefined when nobody knows yet. */
  readonly length: number | undefined;
  next(): MaybePromise<Uint8Array | undefined>;
  /** Header lines after the body, known once it has ended. */
  readonly trailers: HeaderLines;
  /** Starts over; false when what was sent on is gone. */
  rewind(): boolean;
}

/** An application's answer. */
export interface UpstreamResponse {
  readonly status: number;
  /** `HTTP/1.1` or `HTTP/2.0`. */
  readonly protocol: string;
  readonly headers: HeaderLines;
  /** The next piece of the body, undefined at the end. Rejects with an {@link UpstreamError}. */
  next(idleMs: number): MaybePromise<Buffer | undefined>;
  /** Known once the body has ended. */
  readonly trailers: HeaderLines;
  /** Present when the application agreed to take over the connection. */
  readonly upgraded?: { readonly socket: Duplex; readonly pending: Buffer };
  /** Gives up on the rest. Does nothing when there is none. */
  destroy(): void;
}

/** What a server does for its group. */
export interface Requester {
  /** Resolves with the head of the answer. Rejects with an {@link UpstreamError}, or with what `body` rejected with. */
  send(request: UpstreamRequest, signal: AbortSignal): Promise<UpstreamResponse>;
  close(): void;
}

/** Milliseconds that an application is waited for. */
export interface UpstreamTimeouts {
  readonly connect: number;
  /** From the end of the request to the head of the answer. */
  readonly responseHead: number;
  /** Silence within an answer, and an application that takes nothing of a request. */
  readonly idle: number;
  /** Silence of WebSockets, event streams and gRPC streams. */
  readonly tunnel: number;
}

/** Why an application gave no answer, or no whole one. */
export type UpstreamErrorKind = "unavailable" | "connect" | "timeout" | "reset" | "protocol";

/** An application failed. */
export class UpstreamError extends Error {
  readonly kind: UpstreamErrorKind;
  /** It is certain that the application has not begun to work on the request. */
  readonly unsent: boolean;
  /** The connection had been used before, so it may just have been closed for idleness. */
  readonly stale: boolean;
  constructor(
    kind: UpstreamErrorKind,
    message: string,
    more: { readonly unsent?: boolean; readonly stale?: boolean } = {},
  ) {
    super(message);
    this.kind = kind;
    this.unsent = more.unsent ?? false;
    this.stale = more.stale ?? false;
  }
}
