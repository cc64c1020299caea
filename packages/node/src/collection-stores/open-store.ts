import { fileURLToPath } from "node:url";
import type { CollectionStore, Logger } from "@cuirass/engine";
import { MemoryCollectionStore } from "@cuirass/engine";
import { createFileStore } from "./file-store.ts";

/** Milliseconds that a start waits for a Redis server. */
const CONNECT_MS = 2000;

/** What a store needs besides its address. */
export interface OpenStoreOptions {
  readonly logger?: Logger;
  /** What happens while a Redis server cannot be reached. Default `local`. */
  readonly whenDown?: "local" | "fault";
  /** Told the outcome of each call of a Redis server. */
  readonly onCall?: (result: "ok" | "failed" | "refused") => void;
}

/** A store, and how to let go of it. */
export interface OpenedStore {
  /** `memory`, `file` or `redis`. */
  readonly kind: string;
  readonly store: CollectionStore;
  close(): Promise<void>;
}

/**
 * Opens a collection store by its address: `memory`, `file:///PATH`, `redis://HOST...` or `rediss://HOST...`, these two
 * with `?timeout=MILLISECONDS` if need be.
 * @throws Error (rejects) when it cannot be used. A Redis server that is away is no such error: it may come.
 */
export async function openCollectionStore(address: string, options: OpenStoreOptions = {}): Promise<OpenedStore> {
  if (address === "memory") {
    const clock = { now: Date.now, monotonic: () => performance.now() };
    return { kind: "memory", store: new MemoryCollectionStore({ clock }), close: () => Promise.resolve() };
  }
  if (address.startsWith("file:")) {
    const logger = options.logger === undefined ? {} : { logger: options.logger };
    const store = createFileStore({ path: fileURLToPath(address), ...logger });
    return { kind: "file", store, close: () => Promise.resolve(store.close()) };
  }
  if (/^rediss?:/.test(address)) {
    const { url, timeoutMs } = splitTimeout(address);
    // Loaded when asked for: the client is an optional dependency.
    const { createRedisStore } = await import("./redis/index.ts");
    const store = createRedisStore({ url, ...options, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
    if (!(await store.ready(CONNECT_MS))) {
      options.logger?.log("warn", `no connection to the collection store within ${CONNECT_MS} ms; still trying`, {});
    }
    return { kind: "redis", store, close: () => store.close() };
  }
  throw new Error(`"${address}" is no collection store: expected memory, file:///PATH or redis://HOST[:PORT]`);
}

/** @throws Error when the time-out is no number. */
function splitTimeout(address: string): { readonly url: string; readonly timeoutMs: number | undefined } {
  const url = new URL(address);
  const text = url.searchParams.get("timeout");
  if (text === null) return { url: address, timeoutMs: undefined };
  const timeoutMs = Number(text);
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1) throw new Error(`"timeout=${text}": expected milliseconds`);
  url.searchParams.delete("timeout");
  return { url: url.href, timeoutMs };
}
