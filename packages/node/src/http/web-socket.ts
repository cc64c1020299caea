import { createHash } from "node:crypto";

/** Header lines, unmerged and in order. */
type HeaderLines = readonly (readonly [name: string, value: string])[];

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/**
 * The key of a complete WebSocket handshake (RFC 6455, 4.2.1): only such a request may leave inspection behind. Undefined
 * for anything else, whatever its Upgrade header says.
 */
export function webSocketKey(
  head: { readonly method: string; readonly version: string; readonly headers: HeaderLines },
  hasBody: boolean,
): string | undefined {
  if (head.method !== "GET" || head.version !== "HTTP/1.1" || hasBody) return undefined;
  const connection = values(head.headers, "connection").join(",").toLowerCase().split(",");
  if (!connection.some((token) => token.trim() === "upgrade")) return undefined;
  const upgrade = values(head.headers, "upgrade");
  if (upgrade.length !== 1 || upgrade[0]!.toLowerCase() !== "websocket") return undefined;
  const version = values(head.headers, "sec-websocket-version");
  if (version.length !== 1 || version[0] !== "13") return undefined;
  const keys = values(head.headers, "sec-websocket-key");
  return keys.length === 1 && /^[A-Za-z0-9+/]{22}==$/.test(keys[0]!) ? keys[0] : undefined;
}

/** The application has really taken part in the handshake, not just echoed something. */
export function acceptsWebSocket(headers: HeaderLines, key: string): boolean {
  const accept = createHash("sha1")
    .update(key + GUID)
    .digest("base64");
  const upgrade = values(headers, "upgrade");
  return upgrade[0]?.toLowerCase() === "websocket" && values(headers, "sec-websocket-accept")[0] === accept;
}

function values(headers: HeaderLines, name: string): string[] {
  return headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
}
