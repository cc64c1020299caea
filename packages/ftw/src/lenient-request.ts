/** A raw request taken apart as far as it goes: tests send broken ones on purpose. */
export interface LenientRequest {
  readonly method: string;
  readonly uri: string;
  readonly protocol: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/**
 * Splits raw request bytes the way a forgiving server in front of a WAF would, so that rules about broken requests see
 * them. The strict parser is the proxy's; this one only serves tests that run without a server.
 */
export function parseLenient(raw: string): LenientRequest {
  const blank = /\r?\n\r?\n/.exec(raw);
  const head = blank === null ? raw : raw.slice(0, blank.index);
  const rest = blank === null ? "" : raw.slice(blank.index + blank[0].length);
  const [requestLine = "", ...lines] = head.split(/\r?\n/);
  const first = requestLine.indexOf(" ", requestLine.search(/\S/));
  const last = requestLine.lastIndexOf(" ");
  const method = first < 0 ? requestLine : requestLine.slice(0, first);
  const uri = first < 0 ? "" : last > first ? requestLine.slice(first + 1, last) : requestLine.slice(first + 1);
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return colon < 0 ? [line, ""] : [line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, "")];
  });
  const chunked = headers.some(([name, value]) => /^transfer-encoding$/i.test(name) && /chunked/i.test(value));
  return {
    method,
    uri,
    // A request line without version is HTTP/0.9's.
    protocol: (last > first ? requestLine.slice(last + 1) : "") || "HTTP/0.9",
    // The encoding overrides the length (RFC 9112, 6.3), and servers hand on only what they used.
    headers: chunked ? headers.filter(([name]) => name.toLowerCase() !== "content-length") : headers,
    body: chunked ? unchunk(rest) : limited(rest, headers),
  };
}

/** Without a length and without an encoding a request has no body (RFC 9112, 6.3). */
function limited(body: string, headers: readonly (readonly [string, string])[]): string {
  const length = headers.find(([name]) => name.toLowerCase() === "content-length")?.[1];
  if (length === undefined) return "";
  return /^\d+$/.test(length) ? body.slice(0, Number(length)) : body;
}

function unchunk(body: string): string {
  let out = "";
  for (let at = 0; at < body.length;) {
    const end = body.indexOf("\r\n", at);
    const size = end < 0 ? NaN : parseInt(body.slice(at, end), 16);
    if (!(size > 0)) break;
    out += body.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
  }
  return out;
}
