import type { Writable } from "node:stream";
import { isPromise } from "@cuirass/engine";
import type { ForwardBody } from "./upstream-exchange.ts";
import { UpstreamError } from "./upstream-exchange.ts";
import { untilDrained } from "../client/write-response.ts";

/**
 * Sends a body as fast as the application takes it and ends the stream. Returns early when the stream is gone: an
 * application may answer without having read everything. Rejects with what the body rejects with.
 */
export async function pump(
  body: ForwardBody,
  outgoing: Writable,
  idleMs: number,
  beforeEnd: () => void,
): Promise<void> {
  for (;;) {
    const next = body.next();
    const piece = isPromise(next) ? await next : next;
    if (outgoing.destroyed) return;
    if (piece === undefined) break;
    if (outgoing.write(piece)) continue;
    if (!(await untilDrained(outgoing, idleMs)) && !outgoing.destroyed) {
      throw new UpstreamError("timeout", `it took nothing of the request for ${idleMs} ms`);
    }
  }
  if (body.trailers.length > 0) beforeEnd();
  outgoing.end();
}
