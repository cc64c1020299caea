import type { AuditEntry, AuditSink, Logger } from "@cuirass/engine";
import type { AuditQueueLimits } from "./audit-queue.ts";
import type { HttpsAuditOptions } from "./https-transport.ts";
import type { AuditTransport } from "./transport.ts";
import { AuditQueue } from "./audit-queue.ts";
import { ConcurrentTransport, SerialTransport } from "./file-transports.ts";
import { HttpsTransport } from "./https-transport.ts";
import { parseSyslogAddress } from "./syslog-address.ts";
import { createSyslogTransport } from "./syslog-transport.ts";

/** Writers that this host has, by their names in SecAuditLogType, lower-case. */
export const supportedAuditWriters: readonly string[] = ["serial", "concurrent", "https", "syslog"];

/** How audit entries are written. */
export interface AuditSinkOptions {
  /** Bounds of each target's queue, and what goes when it is full. */
  readonly queue?: AuditQueueLimits;
  readonly https?: HttpsAuditOptions;
  /** Told of failures, recoveries and losses. */
  readonly logger?: Logger;
  /** Told what became of entries, by writer. */
  readonly onEntries?: (writer: string, result: "written" | "retried" | "lost", entries: number) => void;
  /** Given entries that cannot be delivered, to put them somewhere else. */
  readonly spill?: (entry: AuditEntry) => void;
}

/** An audit sink that can follow log rotation and be emptied. */
export interface NodeAuditSink extends AuditSink {
  /** Opens files anew: after log rotation. */
  reopen(): void;
  /** Entries not yet delivered, over all targets. */
  readonly length: number;
  /** Delivers what waits, for at most so long (default 5 s); the rest is counted as lost. */
  close(limitMs?: number): Promise<void>;
}

const DRAIN_MS = 5000;
/** Targets stand in configurations, so there are few; reloads may bring others. */
const TARGETS = 100;

/**
 * Writes audit entries in the background: to files, over HTTP or to a syslog receiver, each target with a bounded queue of
 * its own. Traffic is never held up, and what is lost is counted.
 */
export function createAuditSink(options: AuditSinkOptions = {}): NodeAuditSink {
  const queues = new Map<string, AuditQueue>();
  let closed = false;

  const open = (entry: AuditEntry): AuditQueue =>
    new AuditQueue(createTransport(entry, options), options.queue ?? {}, {
      spill: options.spill,
      count: (result, entries) => options.onEntries?.(entry.writer, result, entries),
      notice: (level, message, fields) => options.logger?.log(level, message, { writer: entry.writer, ...fields }),
    });

  return {
    check: ({ writer, target }) => checkTarget(writer, target, options),
    write: (entry) => {
      const key = `${entry.writer} ${entry.target}`;
      let queue = queues.get(key);
      if (queue === undefined) {
        if (closed || queues.size >= TARGETS) {
          options.onEntries?.(entry.writer, "lost", 1);
          options.spill?.(entry);
          throw new Error(closed ? "the audit writer is closed" : `more than ${TARGETS} audit targets`);
        }
        queues.set(key, (queue = open(entry)));
        flushAtExit(queues);
      }
      queue.push(entry);
    },
    reopen: () => {
      for (const queue of queues.values()) queue.reopen();
    },
    get length() {
      return [...queues.values()].reduce((sum, queue) => sum + queue.length, 0);
    },
    close: async (limitMs = DRAIN_MS) => {
      closed = true;
      await Promise.all([...queues.values()].map((queue) => queue.close(limitMs)));
      unflushed.delete(queues);
    },
  };
}

/** Queues of sinks that nobody closed yet. One listener for all of them. */
const unflushed = new Set<ReadonlyMap<string, AuditQueue>>();

function flushAtExit(queues: ReadonlyMap<string, AuditQueue>): void {
  if (unflushed.size === 0 && process.listenerCount("exit", flushAll) === 0) process.once("exit", flushAll);
  unflushed.add(queues);
}

function flushAll(): void {
  for (const queues of unflushed) for (const queue of queues.values()) queue.flushSync();
}

/** What is wrong with an address, undefined when nothing is. Files are opened when the first entry comes. */
function checkTarget(writer: string, target: string, { https }: AuditSinkOptions): string | undefined {
  try {
    if (writer === "https") void new HttpsTransport(target, https).close();
    if (writer === "syslog") void createSyslogTransport(parseSyslogAddress(target)).close();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** @throws Error when the target cannot be meant. */
function createTransport(entry: AuditEntry, { https }: AuditSinkOptions): AuditTransport {
  if (entry.writer === "concurrent") return new ConcurrentTransport(entry);
  if (entry.writer === "https") return new HttpsTransport(entry.target, https);
  if (entry.writer === "syslog") return createSyslogTransport(parseSyslogAddress(entry.target));
  return new SerialTransport(entry);
}
