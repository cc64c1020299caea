import { connect } from "node:net";
import type { Observation } from "./judge.ts";

/** Where and how to reach a running server. */
export interface SocketTarget {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
}

/** A response read off a raw socket. */
export interface RawResponse {
  readonly status: number;
  readonly text: string;
  readonly error: string | undefined;
}

/** Sends the bytes as they are and reads until the server closes, the response is complete, or time is up. */
function sendRaw(raw: string, target: SocketTarget): Promise<RawResponse> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    const socket = connect({ host: target.host, port: target.port });
    let settled = false;
    const finish = (error: string | undefined): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      socket.destroy();
      const text = Buffer.concat(pieces).toString("latin1");
      const final = afterInterim(text);
      const status = Number(/^HTTP\/\d\.\d (\d{3})/.exec(final)?.[1] ?? 0);
      resolve({
        status,
        text: final,
        error: status === 0 ? (error ?? "connection closed without a response") : undefined,
      });
    };
    const timer = setTimeout(() => finish(`no complete response within ${target.timeoutMs} ms`), target.timeoutMs);
    socket.on("connect", () => socket.write(Buffer.from(raw, "latin1")));
    socket.on("data", (piece) => {
      pieces.push(piece);
      if (isComplete(afterInterim(Buffer.concat(pieces).toString("latin1")))) finish(undefined);
    });
    socket.on("error", (error) => finish(error.message));
    socket.on("close", () => finish(undefined));
  });
}

/** The response after any 1xx heads. */
function afterInterim(text: string): string {
  let rest = text;
  while (/^HTTP\/\d\.\d 1\d\d/.test(rest)) {
    const end = rest.indexOf("\r\n\r\n");
    if (end < 0) return "";
    rest = rest.slice(end + 4);
  }
  return rest;
}

/** True when the framing of the response says that all of it is here. */
function isComplete(text: string): boolean {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const head = text.slice(0, end);
  const length = /^content-length:[ \t]*(\d+)/im.exec(head)?.[1];
  if (length !== undefined) return text.length >= end + 4 + Number(length);
  if (/^transfer-encoding:.*chunked/im.test(head)) return text.endsWith("0\r\n\r\n");
  return /^HTTP\/\d\.\d (204|304)/.test(head);
}

/** Finds out which rules logged for a request that has been answered. */
export interface LogSource {
  /** Called before the request is sent. */
  begin(): void | Promise<void>;
  /** Lines and ids of the request, once the response is there. */
  collect(response: RawResponse): Promise<{ readonly ids: number[]; readonly log: string[] }>;
}

/** Sends over a socket and pairs the response with the log. */
export async function observeOverSocket(raw: string, target: SocketTarget, source: LogSource): Promise<Observation> {
  await source.begin();
  const response = await sendRaw(raw, target);
  const { ids, log } = await source.collect(response);
  return { status: response.status, response: response.text, ids, log, transportError: response.error };
}
