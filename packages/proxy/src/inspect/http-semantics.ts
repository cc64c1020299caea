import type { HeaderLines } from "../client/client-stream.ts";
import type { ForwardBody } from "../upstream/upstream-exchange.ts";

/** First value of each header, by lower-case name. */
export function firstValues(headers: HeaderLines): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (!fields.has(lower)) fields.set(lower, value);
  }
  return fields;
}

/** The Content-Encoding, lower-case; "" for none. */
export function contentCoding(value: string): string {
  const coding = value.trim().toLowerCase();
  return coding === "identity" ? "" : coding;
}

/** Methods that announce a body send its length even when there is none (RFC 9110, 8.6). */
export function emptyBody(method: string): ForwardBody | undefined {
  if (method !== "POST" && method !== "PUT" && method !== "PATCH") return undefined;
  return { length: 0, next: () => undefined, trailers: [], rewind: () => true };
}

/** `http://host/path` as `/path`: what a server behind a gateway is asked (RFC 9112, 3.2.1). */
export function originForm(target: string): string {
  if (target.startsWith("/") || target === "*") return target;
  const start = target.indexOf("://");
  const path = start < 0 ? -1 : target.slice(start + 3).search(/[/?]/);
  if (path < 0) return "/";
  const rest = target.slice(start + 3 + path);
  return rest.startsWith("?") ? `/${rest}` : rest;
}

/** A body follows the head of such an answer. */
export function hasBody(method: string, status: number): boolean {
  return method !== "HEAD" && status >= 200 && status !== 204 && status !== 304;
}
