import type { HeaderLines } from "../client/client-stream.ts";

/** Headers that concern one connection only (RFC 9110, 7.6.1), and those this proxy writes itself. */
const dropped = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "content-length",
  "expect",
  "http2-settings",
]);

/** Headers by which proxies tell about the client; whoever is not trusted could write anything there. */
const forwarded = new Set([
  "x-forwarded-for",
  "x-forwarded-proto",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-real-ip",
  "forwarded",
  "x-request-id",
]);

/** What an application learns about a request besides its own headers. */
export interface ForwardInfo {
  /** The peer of the connection, not what headers say. */
  readonly peerAddress: string;
  readonly peerTrusted: boolean;
  readonly scheme: "http" | "https";
  readonly port: number;
  readonly requestId: string;
  /** `identity` asks for uncompressed answers, `readable` for codings that can be inspected, `any` leaves it to the client. */
  readonly encodings: "identity" | "readable" | "any";
  /** Trailers are sent on (RFC 9110, 6.5.1). */
  readonly trailers: boolean;
}

/** Header lines for an application: as received and in their order, less those of the connection, plus our own. */
export function forwardHeaders(headers: HeaderLines, info: ForwardInfo): [name: string, value: string][] {
  const named = namedByConnection(headers);
  const kept: [string, string][] = [];
  const chain: string[] = [];
  let host = "";
  let told = new Set<string>();
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (dropped.has(lower) || named.has(lower)) continue;
    if (lower === "host") host = value;
    if (lower === "x-forwarded-for") {
      if (info.peerTrusted && value !== "") chain.push(value);
      continue;
    }
    if (lower === "x-request-id" || (forwarded.has(lower) && !info.peerTrusted)) continue;
    if (forwarded.has(lower)) told = told.add(lower);
    if (lower !== "accept-encoding" || info.encodings === "any") kept.push([name, value]);
    else if (info.encodings === "readable") {
      const readable = readableCodings(value);
      if (readable !== "") kept.push([name, readable]);
    }
  }
  if (info.encodings === "identity") kept.push(["Accept-Encoding", "identity"]);
  kept.push(["X-Forwarded-For", [...chain, info.peerAddress].join(", ")]);
  if (!told.has("x-forwarded-proto")) kept.push(["X-Forwarded-Proto", info.scheme]);
  if (!told.has("x-forwarded-host") && host !== "") kept.push(["X-Forwarded-Host", host]);
  if (!told.has("x-forwarded-port")) kept.push(["X-Forwarded-Port", String(info.port)]);
  kept.push(["X-Request-Id", info.requestId]);
  if (info.trailers) kept.push(["TE", "trailers"]);
  return kept;
}

/** Header lines of an answer for the client, less those of the connection. */
export function answerHeaders(headers: HeaderLines): [name: string, value: string][] {
  const named = namedByConnection(headers);
  const chunked = headers.some(([name]) => name.toLowerCase() === "transfer-encoding");
  const kept: [string, string][] = [];
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    // With both, the length is not that of the body (RFC 9112, 6.3).
    if (lower === "content-length" ? chunked : dropped.has(lower) || named.has(lower)) continue;
    kept.push([name, value]);
  }
  return kept;
}

/** Trailer lines that may be sent on: none that frames, routes or authenticates (RFC 9110, 6.5.1). */
export function forwardTrailers(trailers: HeaderLines): HeaderLines {
  return trailers.filter(([name]) => {
    const lower = name.toLowerCase();
    return !dropped.has(lower) && !forwarded.has(lower) && !refusedInTrailers.has(lower);
  });
}

const refusedInTrailers = new Set(
  "host authorization cookie set-cookie content-type content-encoding content-range cache-control range max-forwards if-match if-none-match if-modified-since if-unmodified-since if-range proxy-authorization www-authenticate location vary expires date age".split(
    " ",
  ),
);

function namedByConnection(headers: HeaderLines): Set<string> {
  const named = new Set<string>();
  for (const [name, value] of headers) {
    if (name.toLowerCase() !== "connection") continue;
    for (const token of value.toLowerCase().split(",")) named.add(token.trim());
  }
  named.delete("close");
  named.delete("keep-alive");
  return named;
}

/** The part of an Accept-Encoding that can be inspected. */
function readableCodings(value: string): string {
  return value
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => /^(?:gzip|x-gzip|deflate|br|identity)\s*(?:;|$)/i.test(coding))
    .join(", ");
}
