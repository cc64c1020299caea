/** Header lines in order, unmerged: name, value, name, value (the shape of Node's `rawHeaders`). */
export type HeaderLines = readonly string[];

/** One side of a connection. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** A request before its body, the same for every framework. Texts are byte strings. */
export interface RequestHead {
  readonly method: string;
  /** Request target as received, never decoded or normalised where the host tells it. */
  readonly target: string;
  /** `HTTP/1.1`, `HTTP/2.0`. */
  readonly protocol: string;
  readonly headers: HeaderLines;
  readonly client: Endpoint;
  readonly server: Endpoint;
}

/** A response before its body. */
export interface ResponseHead {
  readonly status: number;
  readonly protocol: string;
  readonly headers: HeaderLines;
}

/** Value of the first header line of this name (lower-case), "" when there is none. */
export function firstHeader(headers: HeaderLines, name: string): string {
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (headers[at]!.length === name.length && headers[at]!.toLowerCase() === name) return headers[at + 1]!;
  }
  return "";
}

/** True when a response to this method and with this status carries a body (RFC 9112, 6.3). */
export function responseHasBody(method: string, status: number): boolean {
  return method !== "HEAD" && status >= 200 && status !== 204 && status !== 304;
}
