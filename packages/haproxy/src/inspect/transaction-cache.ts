import type { Transaction } from "@cuirass/engine";

/** Why a transaction left the cache. */
export type CacheRemoval = "expired" | "evicted" | "replaced";

/** Limits of a cache. */
export interface CacheLimits {
  readonly ttlMs: number;
  readonly entries: number;
  readonly bytes: number;
}

/**
 * Perf: V8 gives a map a new table every few changes, and tables that it no longer uses hold each other and what was in
 * them until the next full collection. An entry that lets go of its transaction leaves nothing there to be kept: collecting
 * young objects took 17 ms instead of 2, ten times a second (e2e:haproxy, requests and responses).
 */
interface CacheEntry {
  tx: Transaction | undefined;
  readonly expires: number;
  readonly bytes: number;
}

/**
 * Transactions that wait for their response. All live equally long, so the oldest comes first in the map.
 *
 * Invariant: at most `entries` transactions of together `bytes` estimated bytes are held; every one leaves by `take` or is
 * handed to `onRemove`.
 */
export class TransactionCache {
  readonly #limits: CacheLimits;
  readonly #onRemove: (tx: Transaction, reason: CacheRemoval) => void;
  readonly #entries = new Map<string, CacheEntry>();
  #bytes = 0;

  constructor(limits: CacheLimits, onRemove: (tx: Transaction, reason: CacheRemoval) => void) {
    this.#limits = limits;
    this.#onRemove = onRemove;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Keeps a transaction until its response; an older one of the same id is removed. */
  put(tx: Transaction, bytes: number, now: number): void {
    this.#remove(tx.id, "replaced");
    this.#entries.set(tx.id, { tx, expires: now + this.#limits.ttlMs, bytes });
    this.#bytes += bytes;
    while (this.#entries.size > this.#limits.entries || (this.#bytes > this.#limits.bytes && this.#entries.size > 1)) {
      const [oldest] = this.#entries.keys();
      this.#remove(oldest!, "evicted");
    }
  }

  /** Takes a transaction out; undefined when it is not there or its time is over. */
  take(id: string, now: number): Transaction | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    if (now >= entry.expires) {
      this.#remove(id, "expired");
      return undefined;
    }
    return this.#letGo(id, entry);
  }

  /** Removes what is too old. */
  sweep(now: number): void {
    for (const [id, { expires }] of this.#entries) {
      if (now < expires) return;
      this.#remove(id, "expired");
    }
  }

  /** Removes everything: the process ends. */
  clear(): void {
    for (const id of [...this.#entries.keys()]) this.#remove(id, "expired");
  }

  #remove(id: string, reason: CacheRemoval): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) this.#onRemove(this.#letGo(id, entry), reason);
  }

  #letGo(id: string, entry: CacheEntry): Transaction {
    const tx = entry.tx!;
    this.#entries.delete(id);
    this.#bytes -= entry.bytes;
    entry.tx = undefined;
    return tx;
  }
}
