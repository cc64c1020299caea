import { Worker } from "node:worker_threads";
import type { Traffic, TrafficBatch } from "../traffic/open-traffic.ts";
import type { ReplayReport } from "./replay-report.ts";
import { emptyReport, mergeReports } from "./replay-report.ts";
import type { ReplaySetup } from "./replayer.ts";
import { Replayer } from "./replayer.ts";

/** How a replay is run. */
export interface ReplayOptions extends ReplaySetup {
  /** Threads; 0 judges in this one. */
  readonly workers: number;
  /** Called after each batch with the share of the traffic that is done, 0 to 1. */
  readonly onProgress?: (share: number, report: ReplayReport) => void;
}

/** Batches a thread has at a time: one in work, one waiting. */
const IN_FLIGHT = 2;

/**
 * Judges recorded traffic by the current rules, and by changed ones when given, and tells what differs. The order of the
 * differences is that of the traffic only with one thread.
 * @throws WafConfigError when rules have errors, TrafficError when the traffic cannot be read.
 */
export async function replay(traffic: Traffic, options: ReplayOptions): Promise<ReplayReport> {
  const report = emptyReport();
  const setup: ReplaySetup =
    options.changed === undefined
      ? { current: options.current }
      : { current: options.current, changed: options.changed };
  let done = 0;
  const take = (batch: TrafficBatch, part: ReplayReport): void => {
    mergeReports(report, part);
    done += batch.weight;
    options.onProgress?.(Math.min(1, done / traffic.totalWeight), report);
  };
  if (options.workers === 0) {
    const replayer = new Replayer(setup);
    for await (const batch of traffic.batches()) take(batch, await replayer.judge(batch));
    return report;
  }
  // Errors of rules are found here, where they can be told in full, and not in every thread.
  new Replayer(setup);
  const threads = Array.from({ length: options.workers }, () => new Thread(setup));
  try {
    const running = new Set<Promise<void>>();
    for await (const batch of traffic.batches()) {
      const thread = threads.reduce((best, other) => (other.load < best.load ? other : best));
      const work: Promise<void> = thread.judge(batch).then((part) => {
        running.delete(work);
        take(batch, part);
      });
      // Another one's failure ends the replay; this one's is not to go unhandled then.
      work.catch(() => undefined);
      running.add(work);
      if (running.size >= threads.length * IN_FLIGHT) await Promise.race(running);
    }
    await Promise.all(running);
  } finally {
    await Promise.all(threads.map((thread) => thread.end()));
  }
  return report;
}

/** Room for young objects: a replay makes many and keeps none, so the fewer collections the better. */
const YOUNG_MB = 96;

class Thread {
  /** Batches handed over and not answered yet. */
  load = 0;
  readonly #worker: Worker;
  readonly #waiting: { resolve: (report: ReplayReport) => void; reject: (error: unknown) => void }[] = [];

  constructor(setup: ReplaySetup) {
    // Tests run on the sources; threads need what was built.
    const entry = import.meta.url.endsWith(".ts") ? "../../dist/replay/worker.js" : "./worker.js";
    this.#worker = new Worker(new URL(entry, import.meta.url), {
      workerData: setup,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    this.#worker.on("message", (report: ReplayReport) => {
      this.load--;
      this.#waiting.shift()?.resolve(report);
    });
    this.#worker.on("error", (error) => {
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
  }

  judge(batch: TrafficBatch): Promise<ReplayReport> {
    this.load++;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(batch, batch.kind === "json" ? [batch.bytes.buffer as ArrayBuffer] : []);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
