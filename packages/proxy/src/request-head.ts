/** A parsed request head. Texts are byte strings. */
export interface RequestHead {
  readonly method: string;
  /** Request target as received. */
  readonly target: string;
  readonly version: "HTTP/1.0" | "HTTP/1.1" | "HTTP/2.0";
  /** In order, as received. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Bytes of the head with its blank line; 0 where the protocol has no such text. */
  readonly length: number;
}

/** Outcome of reading a head. */
export type ParsedHead =
  | { readonly kind: "head"; readonly head: RequestHead }
  | { readonly kind: "refused"; readonly status: 400 | 408 | 414 | 431 | 501 | 505; readonly reason: string }
  | { readonly kind: "incomplete" };

type Refused = Extract<ParsedHead, { kind: "refused" }>;

/** Limits of a head, in bytes and counts. */
export interface HeadLimits {
  readonly target: number;
  readonly head: number;
  readonly headers: number;
}

/** Limits unless others are given. */
export const defaultHeadLimits: HeadLimits = { target: 16_384, head: 65_536, headers: 200 };

/**
 * Reads an HTTP/1 request head from bytes, strictly (RFC 9112, 2-6; RFC 9110, 5). Whatever two servers could read
 * differently is refused: bare line feeds, folded lines, blanks before colons, several lengths, both framings.
 */
export function parseRequestHead(bytes: string, limits: HeadLimits = defaultHeadLimits): ParsedHead {
  const end = bytes.indexOf("\r\n\r\n");
  const head = end < 0 ? bytes : bytes.slice(0, end);
  const bad = badByte(head, end >= 0);
  if (bad !== undefined) return refuse(400, bad);
  if (end < 0) return bytes.length > limits.head ? refuse(431, "the request head is too long") : { kind: "incomplete" };
  if (end + 4 > limits.head) return refuse(431, "the request head is too long");
  const [requestLine = "", ...lines] = head.split("\r\n");
  const first = parseRequestLine(requestLine, limits);
  if ("kind" in first) return first;
  if (lines.length > limits.headers) return refuse(431, "the request has too many header lines");
  const headers: [string, string][] = [];
  for (const line of lines) {
    const field = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*/.exec(line);
    if (field === null) return refuse(400, "a header line is malformed");
    headers.push([field[1]!, line.slice(field[0].length, endOfValue(line, field[0].length))]);
  }
  const problem = checkHeaders(first.version, headers) ?? checkAuthority(first.target, headers);
  return problem ?? { kind: "head", head: { ...first, headers, length: end + 4 } };
}

/** What is wrong with a head that came in another form than HTTP/1's text; undefined when it is sound. */
export function checkRequestHead(head: RequestHead, limits: HeadLimits = defaultHeadLimits): Refused | undefined {
  const { method, target, version, headers } = head;
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(method)) return refuse(400, "the method is malformed");
  if (target.length > limits.target) return refuse(414, "the request target is too long");
  if (headers.length > limits.headers) return refuse(431, "the request has too many header lines");
  for (let at = 0; at < target.length; at++) {
    const unit = target.charCodeAt(at);
    if (unit <= 0x20 || unit === 0x7f) return refuse(400, "the request target is malformed");
  }
  if (!isTarget(method, target)) return refuse(400, "the request target is malformed");
  for (const [name, value] of headers) {
    if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) return refuse(400, "a header line is malformed");
    for (let at = 0; at < value.length; at++) {
      const unit = value.charCodeAt(at);
      if ((unit < 0x20 && unit !== 0x09) || unit === 0x7f || unit > 0xff)
        return refuse(400, "the request head holds a control byte");
    }
  }
  return checkHeaders(version, headers) ?? checkAuthority(target, headers);
}

function refuse(status: 400 | 408 | 414 | 431 | 501 | 505, reason: string): Refused {
  return { kind: "refused", status, reason };
}

/** Offset after the last byte that is neither blank nor tab. A regular expression would take quadratic time for this. */
function endOfValue(line: string, start: number): number {
  let end = line.length;
  while (end > start && (line.charCodeAt(end - 1) === 0x20 || line.charCodeAt(end - 1) === 0x09)) end--;
  return end;
}

/** Line ends other than CRLF, and controls. The last byte of an incomplete head may be the CR of a CRLF. */
function badByte(head: string, complete: boolean): string | undefined {
  for (let at = 0; at < head.length; at++) {
    const unit = head.charCodeAt(at);
    if (unit === 0x0a && head.charCodeAt(at - 1) !== 0x0d) return "a line ends in a bare line feed";
    if (unit === 0x0d && head.charCodeAt(at + 1) !== 0x0a && (complete || at + 1 < head.length))
      return "a carriage return stands alone";
    if ((unit < 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) || unit === 0x7f)
      return "the request head holds a control byte";
  }
  return undefined;
}

function parseRequestLine(
  line: string,
  limits: HeadLimits,
): { readonly method: string; readonly target: string; readonly version: "HTTP/1.0" | "HTTP/1.1" } | ParsedHead {
  const parts = line.split(" ");
  if (parts.length !== 3) return refuse(400, "the request line is malformed");
  const [method, target, version] = parts as [string, string, string];
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(method)) return refuse(400, "the method is malformed");
  if (!/^HTTP\/\d\.\d$/.test(version)) return refuse(400, "the protocol version is malformed");
  // HTTP/0.9 had no version in its request line, so a line that names 0.x is no protocol at all.
  if (version.startsWith("HTTP/0")) return refuse(400, "the protocol version is malformed");
  if (version !== "HTTP/1.1" && version !== "HTTP/1.0") return refuse(505, `${version} is not spoken here`);
  if (target.length > limits.target) return refuse(414, "the request target is too long");
  if (!isTarget(method, target)) return refuse(400, "the request target is malformed");
  return { method, target, version };
}

/** origin-form, absolute-form, authority-form with CONNECT, `*` with OPTIONS (RFC 9112, 3.2). */
function isTarget(method: string, target: string): boolean {
  if (target.includes("\t") || target.includes("#")) return false;
  if (method === "CONNECT") return /^(?:\[[0-9A-Fa-f:.]+\]|[\w.-]+):\d{1,5}$/.test(target);
  if (target === "*") return method === "OPTIONS";
  return target.startsWith("/") || /^https?:\/\/[^/?]+/i.test(target);
}

/**
 * The authority of an absolute target and the Host header have to be the same: a server must go by the former (RFC 9112,
 * 3.2.2), many go by the latter.
 */
function checkAuthority(target: string, headers: readonly (readonly [string, string])[]): Refused | undefined {
  const start = target.startsWith("/") ? -1 : target.indexOf("://");
  if (start < 0) return undefined;
  const [authority = ""] = target.slice(start + 3).split(/[/?]/, 1);
  const host = headers.find(([name]) => name.toLowerCase() === "host")?.[1] ?? authority;
  return authority.toLowerCase() === host.toLowerCase()
    ? undefined
    : refuse(400, "target and Host header name two hosts");
}

function checkHeaders(version: string, headers: readonly (readonly [string, string])[]): Refused | undefined {
  const values = (name: string): string[] =>
    headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
  const hosts = values("host");
  if (hosts.length > 1) return refuse(400, "the request names several hosts");
  if (version !== "HTTP/1.0" && (hosts[0] ?? "") === "") return refuse(400, "the request names no host");
  // Percent-escapes are allowed by the grammar, but no host name needs them and servers read them differently.
  if (hosts[0] !== undefined && !/^(?:\[[0-9A-Fa-f:.]+\]|[\w.~!$&'()*+,;=-]*)(?::\d{0,5})?$/.test(hosts[0])) {
    return refuse(400, "the host is malformed");
  }
  const lengths = values("content-length");
  const encodings = values("transfer-encoding");
  if (lengths.length > 1) return refuse(400, "the request has several lengths");
  if (lengths[0] !== undefined && !/^\d{1,15}$/.test(lengths[0])) return refuse(400, "the length is malformed");
  if (encodings.length === 0) return undefined;
  if (lengths.length > 0) return refuse(400, "the request has a length and an encoding");
  if (version !== "HTTP/1.1") return refuse(400, `${version} has no transfer encodings`);
  if (encodings.length > 1 || encodings[0]!.toLowerCase() !== "chunked")
    return refuse(501, "only the chunked transfer encoding is read");
  return undefined;
}
