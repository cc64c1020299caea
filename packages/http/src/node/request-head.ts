import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import type { Endpoint, HeaderLines, RequestHead } from "../shapes.ts";
import { firstHeader } from "../shapes.ts";

/** A request of node:http or of node:http2's compatibility layer. */
export type NodeRequest = IncomingMessage | Http2ServerRequest;

/** The head of a request as it came: raw target, header lines unmerged and in order. */
export function readHead(request: NodeRequest): RequestHead {
  const socket = request.socket;
  return {
    method: request.method ?? "",
    target: originalTarget(request),
    protocol: `HTTP/${request.httpVersion}`,
    headers: isHttp2(request) ? withoutPseudoHeaders(request.rawHeaders) : request.rawHeaders,
    client: endpoint(socket?.remoteAddress, socket?.remotePort),
    server: endpoint(socket?.localAddress, socket?.localPort),
  };
}

/** By the object, not by the version: a client of HTTP/1 can write what it likes there. */
export function isHttp2(request: NodeRequest): request is Http2ServerRequest {
  return (request as Partial<Http2ServerRequest>).stream !== undefined;
}

/** Express and others rewrite `url` below a mount point and keep what was received in `originalUrl`. */
function originalTarget(request: NodeRequest): string {
  const original = (request as { originalUrl?: unknown }).originalUrl;
  return typeof original === "string" ? original : (request.url ?? "");
}

/** HTTP/2 names the host in `:authority`; rules look for a Host header. */
function withoutPseudoHeaders(raw: HeaderLines): HeaderLines {
  const headers: string[] = [];
  let authority = "";
  for (let at = 0; at + 1 < raw.length; at += 2) {
    if (raw[at] === ":authority") authority = raw[at + 1]!;
    else if (!raw[at]!.startsWith(":")) headers.push(raw[at]!, raw[at + 1]!);
  }
  if (authority !== "" && firstHeader(headers, "host") === "") headers.unshift("host", authority);
  return headers;
}

function endpoint(address: string | undefined, port: number | undefined): Endpoint {
  const plain =
    address !== undefined && address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
  return { address: plain ?? "", port: port ?? 0 };
}

/** True when a body follows the head. What follows CONNECT is a connection of its own. */
export function hasRequestBody(request: NodeRequest): boolean {
  if (request.method === "CONNECT") return false;
  if (isHttp2(request)) return !request.stream.endAfterHeaders;
  const { "content-length": length, "transfer-encoding": encoding } = request.headers;
  if (encoding !== undefined || (length !== undefined && length !== "0")) return true;
  return request.rawHeaders.length >= mostKept(request);
}

/** Names and values that Node keeps of a request where the server sets no other number. */
const MOST_KEPT = 2000;

/**
 * Names and values from which on Node drops headers, so that those which announce a body may be missing. Taken to have one, a
 * request without a body comes to its end at once.
 */
function mostKept({ socket }: IncomingMessage): number {
  const { server } = (socket ?? {}) as { readonly server?: { readonly maxHeadersCount?: number | null } };
  const count = server?.maxHeadersCount;
  if (typeof count !== "number") return MOST_KEPT;
  return count > 0 ? 2 * count : Infinity;
}
