import type { LogLevelName } from "../config/agent-config.ts";
import type { LogFields } from "../log/log-line.ts";

/** What a worker tells besides answers: counts, log lines, and which transactions it no longer keeps. Plain data. */
export interface Report {
  /** Increments by name of a series, e.g. `coraza_spoa_errors_total{kind="decode"}`. */
  readonly counts: Record<string, number>;
  /** Lines of applications' logs, formatted. */
  readonly lines: { readonly app: string; readonly text: string }[];
  /** Lines of the agent's own log. */
  readonly events: LogEvent[];
  /** In order: ids of transactions that began to wait for their response, and (without app) of those that no longer do. */
  readonly waiting: { readonly id: string; readonly app: string | undefined }[];
}

/** A line of the agent's own log. */
export interface LogEvent {
  readonly level: LogLevelName;
  readonly message: string;
  readonly fields: LogFields;
}

const KEY_LENGTH = 100;
const MAX_KEYS = 1000;
const MESSAGE_LENGTH = 1000;

/** Collects what there is to report until somebody takes it. */
export class Reporter {
  #report = emptyReport();
  #any = false;
  readonly #lastByKey = new Map<string, number>();

  count(series: string, by = 1): void {
    this.#any = true;
    this.#report.counts[series] = (this.#report.counts[series] ?? 0) + by;
  }

  line(app: string, text: string): void {
    this.#any = true;
    this.#report.lines.push({ app, text });
  }

  event(level: LogLevelName, message: string, fields: LogFields): void {
    this.#any = true;
    this.#report.events.push({ level, message, fields });
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

  keep(id: string, app: string): void {
    this.#any = true;
    this.#report.waiting.push({ id, app });
  }

  release(id: string): void {
    this.#any = true;
    this.#report.waiting.push({ id, app: undefined });
  }

  /** The report since the last call; undefined when there is nothing in it. */
  take(): Report | undefined {
    if (!this.#any) return undefined;
    const report = this.#report;
    this.#report = emptyReport();
    this.#any = false;
    return report;
  }
}

function emptyReport(): Report {
  return { counts: {}, lines: [], events: [], waiting: [] };
}

/** Name of a series with its labels. */
export function series(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `${name}{${pairs.join(",")}}`;
}

/** Counts an error by its kind. */
export function countError(reporter: Reporter, kind: string, by = 1): void {
  if (by > 0) reporter.count(series("coraza_spoa_errors_total", { kind }), by);
}
