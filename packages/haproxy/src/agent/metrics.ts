/** Upper bounds of the histogram that the peer has, in seconds. */
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const FRAME_BUCKETS = [256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576];

const help: Readonly<Record<string, readonly [type: string, text: string]>> = {
  coraza_handle_spoe_duration_seconds: ["histogram", "Duration of SPOE handling."],
  coraza_spoa_connections: ["gauge", "Open connections."],
  coraza_spoa_frames_total: ["counter", "Frames received by type."],
  coraza_spoa_frame_bytes: ["histogram", "Sizes of received NOTIFY frames."],
  coraza_spoa_decisions_total: ["counter", "Answers by application, phase and action."],
  coraza_spoa_errors_total: ["counter", "Errors by kind."],
  coraza_spoa_truncated_bodies_total: ["counter", "Bodies that HAProxy passed only in part."],
  coraza_spoa_encoded_bodies_total: ["counter", "Bodies with a content encoding, inspected as they are."],
  coraza_spoa_cache_entries: ["gauge", "Transactions that wait for their response."],
  coraza_spoa_cache_evicted_total: ["counter", "Transactions that left the cache without a response."],
  coraza_spoa_detect_dropped_total: ["counter", "Detect-only responses that were not evaluated."],
  coraza_spoa_log_dropped_total: ["counter", "Log lines dropped because the log could not keep up."],
  coraza_spoa_queue_jobs: ["gauge", "Messages that wait for a worker."],
  coraza_spoa_reloads_total: ["counter", "Reloads of the configuration by result."],
  coraza_spoa_worker_restarts_total: ["counter", "Workers that were replaced."],
  process_cpu_seconds_total: ["counter", "Total user and system CPU time spent in seconds."],
  process_resident_memory_bytes: ["gauge", "Resident memory size in bytes."],
  process_start_time_seconds: ["gauge", "Start time of the process since unix epoch in seconds."],
};

/** Counts by name of a series, e.g. `coraza_spoa_errors_total{kind="decode"}`, and the text form of Prometheus. */
export class AgentMetrics {
  readonly #counts = new Map<string, number>();
  readonly #duration = new Histogram("coraza_handle_spoe_duration_seconds", DURATION_BUCKETS);
  readonly #frameBytes = new Histogram("coraza_spoa_frame_bytes", FRAME_BUCKETS);

  count(series: string, by = 1): void {
    this.#counts.set(series, (this.#counts.get(series) ?? 0) + by);
  }

  /** Value of a series, for tests and figures. */
  value(series: string): number {
    return this.#counts.get(series) ?? 0;
  }

  observeDuration(seconds: number): void {
    this.#duration.observe(seconds);
  }

  observeFrame(bytes: number): void {
    this.#frameBytes.observe(bytes);
  }

  /** The page that is scraped. `gauges` are values of this moment. */
  render(gauges: Readonly<Record<string, number>>): string {
    const { user, system } = process.cpuUsage();
    const values: [string, number][] = [
      ...this.#counts,
      ...this.#duration.values(),
      ...this.#frameBytes.values(),
      ...Object.entries(gauges),
      ["process_cpu_seconds_total", (user + system) / 1e6],
      ["process_resident_memory_bytes", process.memoryUsage.rss()],
      ["process_start_time_seconds", Date.now() / 1000 - process.uptime()],
    ];
    const pages = new Map<string, string[]>();
    for (const [series, value] of values) {
      const name = familyOf(series);
      const lines = pages.get(name) ?? headLines(name);
      lines.push(`${series} ${value}`);
      pages.set(name, lines);
    }
    return `${[...pages.values()].flat().join("\n")}\n`;
  }
}

/** Counts per upper bound. */
class Histogram {
  readonly #name: string;
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;
  #count = 0;

  constructor(name: string, bounds: readonly number[]) {
    this.#name = name;
    this.#bounds = bounds;
    this.#counts = bounds.map(() => 0);
  }

  observe(value: number): void {
    this.#sum += value;
    this.#count++;
    for (let index = this.#bounds.length - 1; index >= 0 && value <= this.#bounds[index]!; index--)
      this.#counts[index]!++;
  }

  values(): [string, number][] {
    return [
      ...this.#bounds.map((bound, index): [string, number] => [
        `${this.#name}_bucket{le="${bound}"}`,
        this.#counts[index]!,
      ]),
      [`${this.#name}_bucket{le="+Inf"}`, this.#count],
      [`${this.#name}_sum`, this.#sum],
      [`${this.#name}_count`, this.#count],
    ];
  }
}

function familyOf(series: string): string {
  const name = series.split("{", 1)[0]!;
  return help[name] === undefined ? name.replace(/_(?:bucket|sum|count)$/, "") : name;
}

function headLines(name: string): string[] {
  const [type, text] = help[name] ?? ["untyped", name];
  return [`# HELP ${name} ${text}`, `# TYPE ${name} ${type}`];
}
