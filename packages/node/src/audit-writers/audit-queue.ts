import type { AuditEntry } from "@cuirass/engine";
import type { AuditTransport } from "./transport.ts";
import { RefusedError } from "./transport.ts";

/** Bounds of a queue of audit entries. */
export interface AuditQueueLimits {
  /** Entries that may wait. Default 10000. */
  readonly entries?: number;
  /** Bytes of entries that may wait. Default 64 MiB. */
  readonly bytes?: number;
  /** Which entries go when there is no room: those that come, or those that have waited longest. Default `newest`. */
  readonly drop?: "newest" | "oldest";
}

/** What a queue tells. */
export interface AuditQueueEvents {
  count(result: "written" | "retried" | "lost", entries: number): void;
  /** Takes entries that cannot be delivered, when there is somewhere else for them. They count as lost all the same. */
  readonly spill?: ((entry: AuditEntry) => void) | undefined;
  /** Delivery began to fail, works again, or entries were lost; at most once a second of a kind. */
  notice(level: "error" | "warn" | "info", message: string, fields: Readonly<Record<string, string | number>>): void;
}

const FIRST_DELAY_MS = 100;
const LAST_DELAY_MS = 10_000;
const NOTICE_MS = 1000;

/**
 * Audit entries on their way to one target. Taking an entry costs no more than putting it into a list; delivery happens in
 * the background, in order, a batch at a time, and is tried again until it works.
 *
 * Invariant: every entry taken is counted once as written or as lost, and at most `entries` entries and `bytes` bytes wait.
 */
export class AuditQueue {
  readonly #transport: AuditTransport;
  readonly #events: AuditQueueEvents;
  readonly #limits: Required<AuditQueueLimits>;
  readonly #noticed = new Map<string, number>();
  #waiting: AuditEntry[] = [];
  #bytes = 0;
  /** Entries of the batch under way; they still take room. */
  #underWay: readonly AuditEntry[] = [];
  #delivering: Promise<void> | undefined;
  #scheduled: NodeJS.Timeout | undefined;
  #failing = false;
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(transport: AuditTransport, limits: AuditQueueLimits, events: AuditQueueEvents) {
    this.#transport = transport;
    this.#events = events;
    this.#limits = {
      entries: limits.entries ?? 10_000,
      bytes: limits.bytes ?? 64 * 1024 * 1024,
      drop: limits.drop ?? "newest",
    };
  }

  /** Entries not yet delivered. */
  get length(): number {
    return this.#waiting.length + this.#underWay.length;
  }

  push(entry: AuditEntry): void {
    if (this.#closed) return this.#lose([entry], "the writer is closed");
    while (this.#isFull(entry)) {
      const oldest = this.#limits.drop === "oldest" ? this.#waiting.shift() : undefined;
      if (oldest === undefined) return this.#lose([entry], "the queue is full");
      this.#bytes -= oldest.text.length;
      this.#lose([oldest], "the queue is full");
    }
    this.#waiting.push(entry);
    this.#bytes += entry.text.length;
    this.#schedule();
  }

  reopen(): void {
    this.#transport.reopen?.();
  }

  /** The process ends without having closed: what can be written at once is, the rest is lost. */
  flushSync(): void {
    const left = this.#waiting;
    this.#waiting = [];
    if (left.length === 0) return;
    try {
      if (this.#transport.deliverSync === undefined) return this.#lose(left, "the process ends");
      this.#transport.deliverSync(left);
      this.#events.count("written", left.length);
    } catch (error) {
      this.#lose(left, (error as Error).message);
    }
  }

  /** Delivers what waits, for at most so long; the rest is lost and counted. */
  async close(limitMs: number): Promise<void> {
    this.#closed = true;
    this.#flush();
    this.#wake?.();
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, limitMs)));
    await Promise.race([this.#delivering, limit]);
    clearTimeout(timer);
    const left = [...this.#underWay, ...this.#waiting];
    this.#waiting = [];
    this.#underWay = [];
    this.#wake?.();
    if (left.length > 0) this.#lose(left, "the process ends");
    await this.#transport.close();
  }

  #isFull(entry: AuditEntry): boolean {
    return this.length >= this.#limits.entries || this.#bytes + entry.text.length > this.#limits.bytes;
  }

  /** Entries that come within moments of each other go together. */
  #schedule(): void {
    if (this.#delivering !== undefined) return;
    if (this.#waiting.length >= this.#transport.batchEntries) return this.#flush();
    this.#scheduled ??= setTimeout(() => this.#flush(), this.#transport.lingerMs).unref();
  }

  #flush(): void {
    clearTimeout(this.#scheduled);
    this.#scheduled = undefined;
    if (this.#delivering !== undefined || this.#waiting.length === 0) return;
    this.#delivering = this.#deliverAll().finally(() => {
      this.#delivering = undefined;
      if (!this.#closed && this.#waiting.length > 0) this.#schedule();
    });
  }

  async #deliverAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      this.#underWay = this.#waiting.splice(0, this.#batchLength());
      await this.#deliver(this.#underWay);
      for (const entry of this.#underWay) this.#bytes -= entry.text.length;
      this.#underWay = [];
    }
  }

  /** As many as go together: within the transport's count and bytes, and for the same place. */
  #batchLength(): number {
    const { batchEntries, batchBytes } = this.#transport;
    let bytes = 0;
    let count = 0;
    for (const { text } of this.#waiting) {
      bytes += text.length;
      if (count > 0 && (count >= batchEntries || bytes > batchBytes)) break;
      count++;
    }
    return count;
  }

  async #deliver(batch: readonly AuditEntry[]): Promise<void> {
    for (let delay = FIRST_DELAY_MS; ; delay = Math.min(delay * 2, LAST_DELAY_MS)) {
      try {
        await this.#transport.deliver(batch);
        if (this.#underWay !== batch) return;
        this.#events.count("written", batch.length);
        if (this.#failing) this.#notice("info", "audit entries are delivered again", { waiting: this.#waiting.length });
        this.#failing = false;
        return;
      } catch (error) {
        // Closed meanwhile: these were counted as lost.
        if (this.#underWay !== batch) return;
        const reason = error instanceof Error ? error.message : String(error);
        if (error instanceof RefusedError) return this.#lose(batch, reason);
        this.#failing = true;
        this.#events.count("retried", batch.length);
        this.#notice("error", `audit entries cannot be delivered: ${reason}`, { waiting: this.length });
        const pause = error instanceof Error && "retryAfterMs" in error ? Number(error.retryAfterMs) : 0;
        await this.#sleep(Math.max(pause, delay * (0.5 + Math.random() / 2)));
      }
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms).unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #lose(entries: readonly AuditEntry[], reason: string): void {
    this.#events.count("lost", entries.length);
    if (this.#events.spill !== undefined) for (const entry of entries) this.#events.spill(entry);
    this.#notice("error", `audit entries are lost: ${reason}`, { waiting: this.length });
  }

  #notice(level: "error" | "info", message: string, fields: Readonly<Record<string, number>>): void {
    const now = Date.now();
    if (level === "error" && now - (this.#noticed.get(message) ?? -Infinity) < NOTICE_MS) return;
    if (this.#noticed.size > 100) this.#noticed.clear();
    this.#noticed.set(message, now);
    this.#events.notice(level, message, { target: this.#transport.name, ...fields });
  }
}
