import type { Level } from "./configuration.ts";
import type { TrafficClass } from "./workload.ts";

/** Times of one class at one level. */
export interface WorkloadRow {
  readonly level: Level;
  readonly class: TrafficClass;
  /** Every iteration had values that the engine had not seen before. */
  readonly unique: boolean;
  readonly medianUs: number;
  readonly meanUs: number;
  readonly p99Us: number;
  readonly mbPerSecond: number;
  /** Of `total` different transactions. */
  readonly blocked: number;
  readonly total: number;
}

/** One worst case of level 4. */
export interface WorstRow {
  readonly name: string;
  readonly ms: number;
  /** What it may take on the reference machine; undefined when nothing is promised. */
  readonly limitMs: number | undefined;
  readonly requestBytes: number;
  /** Growth of the process's resident memory while it ran. */
  readonly grownMb: number;
}

/** Start-up and memory, each in a process of its own. */
export interface LoadReport {
  readonly loadMs: number;
  /** Resident memory of the process right after the load. */
  readonly rssMb: number;
  /** The same after a garbage collection. */
  readonly rssCollectedMb: number;
  /** Resident memory of the process before the engine was there. */
  readonly rssBareMb: number;
  readonly extraWafMb: number;
  readonly extraWafMs: number;
}

/** One body kind of the linearity check, in microseconds per kilobyte. */
export interface ByteLinearityRow {
  readonly name: string;
  readonly smallUsPerKb: number;
  readonly largeUsPerKb: number;
  readonly ratio: number;
}

/** How cost grows with bodies and with rules. */
export interface LinearityReport {
  /** Time per byte at 1 MB over that at 10 KB, of the worst kind. */
  readonly perByteRatio: number;
  /** Time with ten times the rules over time with the CRS alone. */
  readonly rulesRatio: number;
  readonly bodies: readonly ByteLinearityRow[];
  readonly rules: { readonly few: number; readonly many: number; readonly fewUs: number; readonly manyUs: number };
}

/** Everything a run found; parts that were not asked for are absent. */
export interface BenchReport {
  readonly config: {
    readonly date: string;
    readonly node: string;
    readonly cpu: string;
    readonly crs: string;
    readonly workload: string;
    readonly rounds: number;
    readonly quick: boolean;
    readonly transactions: string | undefined;
    /** How far verdicts were compared: with recorded ids, or only with what their class promises. */
    readonly verdicts: "ids" | "classes";
  };
  readonly rows?: readonly WorkloadRow[];
  readonly loadMs?: number;
  readonly rssMb?: number;
  readonly extraWafMb?: number;
  readonly load?: LoadReport;
  readonly linearity?: LinearityReport;
  readonly worst?: readonly WorstRow[];
  /** Wrong verdicts; a run with any has failed. */
  readonly faults: readonly string[];
}
