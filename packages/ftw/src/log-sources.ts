import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { LogSource } from "./socket-exchange.ts";

/** For servers that answer with the matched ids in a response header, such as `cuirass proxy --expose-matches`. */
export function headerLogSource(name: string): LogSource {
  const pattern = new RegExp(`^${name}:[ \\t]*([0-9, ]*)`, "im");
  return {
    begin: () => undefined,
    collect: (response) => {
      const ids = (pattern.exec(response.text)?.[1] ?? "").split(/[ ,]+/).filter(Boolean).map(Number);
      return Promise.resolve({ ids, log: ids.map((id) => `[id "${id}"]`) });
    },
  };
}

/**
 * For servers that append error-log lines to a file on this machine: what was appended between the request and its
 * response belongs to the request. Requests are sent one at a time.
 */
export function fileLogSource(path: string, settleMs = 30): LogSource {
  const descriptor = openSync(path, "r");
  let from = 0;
  process.once("exit", () => closeSync(descriptor));
  const size = (): number => fstatSync(descriptor).size;
  return {
    begin: () => {
      from = size();
    },
    collect: async () => {
      // A server may write its log just after the response: wait until the file has stopped growing.
      for (let last = -1; last !== size();) {
        last = size();
        await new Promise((resolve) => setTimeout(resolve, settleMs));
      }
      const buffer = Buffer.alloc(size() - from);
      readSync(descriptor, buffer, 0, buffer.length, from);
      const log = buffer.toString("latin1").split("\n").filter(Boolean);
      const ids = log.flatMap((line) => [...line.matchAll(/\[id "(\d+)"\]/g)].map((match) => Number(match[1])));
      return { ids, log };
    },
  };
}
