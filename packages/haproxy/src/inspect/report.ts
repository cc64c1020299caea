import type { EngineFault } from "@cuirass/engine";
import type { TransactionSummary } from "@cuirass/node";
import type { CounterName } from "../agent/metrics.ts";
import type { LogLevelName } from "../config/agent-config.ts";
import type { LogFields } from "../log/log-line.ts";

/** What a worker tells besides answers: counts, log lines, transactions that it no longer keeps. Plain data. */
export interface Report {
  readonly counts: readonly Count[];
  /** Finished transactions, for metrics. */
  readonly transactions: readonly { readonly app: string; readonly summary: TransactionSummary }[];
  readonly faults: readonly Pick<EngineFault, "kind" | "policy">[];
  /** What became of audit entries. */
  readonly audit: readonly AuditCount[];
  /** Calls of the collection store. */
  readonly stores: readonly StoreCount[];
  /** Lines of applications' logs, formatted. */
  readonly lines: readonly { readonly app: string; readonly text: string }[];
  /** Lines of the agent's own log. */
  readonly events: readonly LogEvent[];
  /** Ids of transactions that stopped waiting for a response although none came. */
  readonly released: readonly string[];
}

/** An increment of a counter. */
interface Count {
  readonly name: CounterName;
  readonly labels: Readonly<Record<string, string>>;
  by: number;
}

/** Audit entries of a writer that were written, tried again or lost. */
interface AuditCount {
  readonly writer: string;
  readonly result: "written" | "retried" | "lost";
  readonly entries: number;
}

/** Calls of a store by their outcome. */
interface StoreCount {
  readonly store: string;
  readonly result: "ok" | "failed" | "refused";
  calls: number;
}

/** A line of the agent's own log. */
interface LogEvent {
  readonly level: LogLevelName;
  readonly message: string;
  readonly fields: LogFields;
}

const KEY_LENGTH = 100;
const MAX_KEYS = 1000;
const MESSAGE_LENGTH = 1000;

/** Collects what there is to report until somebody takes it. */
export class Reporter {
  #counts = new Map<string, Count>();
  #transactions: { readonly app: string; readonly summary: TransactionSummary }[] = [];
  #faults: Pick<EngineFault, "kind" | "policy">[] = [];
  #audit: AuditCount[] = [];
  #stores: StoreCount[] = [];
  #lines: { readonly app: string; readonly text: string }[] = [];
  #events: LogEvent[] = [];
  #released: string[] = [];
  readonly #lastByKey = new Map<string, number>();

  /** `labels` in the order of the counter's definition. */
  count(name: CounterName, labels: Readonly<Record<string, string>> = {}, by = 1): void {
    let key: string = name;
    for (const label in labels) key += `\n${labels[label]!}`;
    const count = this.#counts.get(key);
    if (count === undefined) this.#counts.set(key, { name, labels, by });
    else count.by += by;
  }

  /** Counts an error by its kind. */
  error(kind: string, by = 1): void {
    if (by > 0) this.count("errors_total", { kind }, by);
  }

  transaction(app: string, summary: TransactionSummary): void {
    this.#transactions.push({ app, summary });
  }

  fault({ kind, policy }: EngineFault): void {
    this.#faults.push({ kind, policy });
  }

  audit(writer: string, result: AuditCount["result"], entries: number): void {
    this.#audit.push({ writer, result, entries });
  }

  store(store: string, result: StoreCount["result"]): void {
    const count = this.#stores.find((known) => known.store === store && known.result === result);
    if (count === undefined) this.#stores.push({ store, result, calls: 1 });
    else count.calls++;
  }

  line(app: string, text: string): void {
    this.#lines.push({ app, text });
  }

  event(level: LogLevelName, message: string, fields: LogFields): void {
    this.#events.push({ level, message, fields });
  }

  /** As {@link event}, at most once in `everyMs` for the same key: what traffic causes must not fill the log. */
  limitedEvent(key: string, everyMs: number, level: LogLevelName, message: string, fields: LogFields): void {
    const now = Date.now();
    const short = key.slice(0, KEY_LENGTH);
    if (now - (this.#lastByKey.get(short) ?? -Infinity) < everyMs) return;
    // Keys can come from traffic (names of applications and messages): forgetting them all bounds the memory.
    if (this.#lastByKey.size >= MAX_KEYS) this.#lastByKey.clear();
    this.#lastByKey.set(short, now);
    this.event(level, message.slice(0, MESSAGE_LENGTH), fields);
  }

  /** A fault of our own that no message must suffer for longer than it has to. */
  internalError(error: unknown, fields: LogFields = {}): void {
    this.error("internal");
    const message = error instanceof Error ? error.message : String(error);
    this.limitedEvent("internal", 1000, "error", message, { error: "internal", ...fields });
  }

  release(id: string): void {
    this.#released.push(id);
  }

  /** True when lines, events or releases wait: they are not to be kept back. Counts may be late. */
  get urgent(): boolean {
    return this.#lines.length > 0 || this.#events.length > 0 || this.#released.length > 0;
  }

  /** True when something waits to be taken. */
  get any(): boolean {
    const counted = this.#transactions.length + this.#faults.length + this.#audit.length + this.#stores.length;
    return this.#counts.size > 0 || counted > 0 || this.urgent;
  }

  /** The report since the last call; undefined when there is nothing in it. */
  take(): Report | undefined {
    if (!this.any) return undefined;
    const report: Report = {
      counts: [...this.#counts.values()],
      transactions: this.#transactions,
      faults: this.#faults,
      audit: this.#audit,
      stores: this.#stores,
      lines: this.#lines,
      events: this.#events,
      released: this.#released,
    };
    this.#counts = new Map();
    this.#transactions = [];
    this.#faults = [];
    this.#audit = [];
    this.#stores = [];
    this.#lines = [];
    this.#events = [];
    this.#released = [];
    return report;
  }

  /** As {@link take}, when something of it is urgent. */
  takeUrgent(): Report | undefined {
    return this.urgent ? this.take() : undefined;
  }
}
