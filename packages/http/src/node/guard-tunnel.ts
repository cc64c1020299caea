import type { IncomingMessage } from "node:http";
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { isPromise } from "@cuirass/engine";
import { webSocketKey } from "@cuirass/node";
import type { OwnResponse } from "@cuirass/node/block-page";
import type { Verdict } from "../handler.ts";
import type { HttpWaf } from "../http-waf.ts";
import type { HeaderLines, RequestHead } from "../shapes.ts";
import { remember } from "./guard.ts";
import { readHead } from "./request-head.ts";

/**
 * Inspects the opening request of a connection that is no longer HTTP afterwards. A WebSocket is let through only on a
 * complete opening handshake (RFC 6455, 4.1) that the rules have nothing against.
 */
export function guardTunnel(
  waf: HttpWaf,
  request: IncomingMessage,
  socket: Duplex,
  kind: "websocket" | "connect",
  proceed: () => void,
): void {
  const head = readHead(request);
  const exchange = waf.begin(head);
  if (exchange === undefined) return proceed();
  remember(request, exchange);
  // Node has taken its own listeners off; a reset connection would otherwise end the process.
  const ignore = (): void => undefined;
  socket.on("error", ignore);
  const end = (opened: Verdict): void => {
    const complete = kind === "connect" || isHandshake(head);
    const refusal = opened ?? (complete ? undefined : exchange.refuse(400));
    if (socket.destroyed) return exchange.finish(0);
    if (refusal === undefined) {
      socket.off("error", ignore);
      exchange.finish(kind === "connect" ? 200 : 101);
      return proceed();
    }
    exchange.finish(refusal.kind === "drop" ? 0 : refusal.response.status);
    if (refusal.kind === "drop") socket.destroy();
    else socket.end(formatResponse(refusal.response), () => socket.destroy());
  };
  const opened = exchange.openRequest(false);
  if (isPromise(opened)) void opened.then(end);
  else end(opened);
}

function isHandshake({ method, protocol, headers }: RequestHead): boolean {
  const lines = pairs(headers);
  const hasBody = lines.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name));
  return webSocketKey({ method, version: protocol, headers: lines }, hasBody) !== undefined;
}

function pairs(lines: HeaderLines): [name: string, value: string][] {
  return lines.flatMap((name, at): [string, string][] => (at % 2 === 0 ? [[name, lines[at + 1] ?? ""]] : []));
}

function formatResponse({ status, headers, body }: OwnResponse): string {
  const length = Buffer.byteLength(body);
  const lines = [...headers, ["Content-Length", String(length)], ["Connection", "close"]] as const;
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${head}\r\n${body}`;
}
