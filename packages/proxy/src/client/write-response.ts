import { STATUS_CODES } from "node:http";
import type { Writable } from "node:stream";
import type { HeaderLines } from "./client-stream.ts";

/** Waits until a stream takes more; false when it is gone or nothing moved for `timeoutMs`. */
export function untilDrained(stream: Writable, timeoutMs: number): Promise<boolean> {
  if (stream.destroyed) return Promise.resolve(false);
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      stream.off("drain", done);
      stream.off("close", done);
      resolve(!stream.destroyed && !stream.writableNeedDrain);
    };
    const timer = setTimeout(done, timeoutMs);
    stream.on("drain", done);
    stream.on("close", done);
  });
}

/** A response head of HTTP/1.1; header values are byte strings. Invariant: no value can end its line. */
export function formatHead(status: number, headers: HeaderLines): string {
  let lines = "";
  for (const [name, value] of headers)
    lines += `${name}: ${/[\r\n]/.test(value) ? value.replace(/[\r\n]+/g, " ") : value}\r\n`;
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines}\r\n`;
}
