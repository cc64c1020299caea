import { cpus } from "node:os";
import { resolve } from "node:path";
import type { SharedData } from "./configuration.ts";
import { locateShared } from "./configuration.ts";
import type { Progress } from "./progress.ts";
import { judgePlainly } from "./record-verdicts.ts";
import type { ExpectedVerdicts } from "./verdicts.ts";
import { readExpectedVerdicts } from "./verdicts.ts";
import type { WorkloadGenerator, WorkloadTransaction } from "./workload.ts";
import { loadGenerator, MissingInputError, readWorkload, selectTransactions } from "./workload.ts";

/** Options of both commands. */
export interface WorkloadOptions {
  readonly transactions?: string;
  readonly workload?: string;
  readonly shared?: string;
  readonly json?: string;
}

/** Runs a command to its exit code; 2 when it cannot be run as asked. */
export async function runCommand(run: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    if (!(error instanceof MissingInputError)) throw error;
    process.stderr.write(`bench: ${error.message}\n`);
    process.exitCode = 2;
  }
}

/** What is measured, and what it must be answered. */
export interface OpenedWorkload {
  readonly shared: SharedData;
  readonly workload: readonly WorkloadTransaction[];
  /** Those asked for. */
  readonly transactions: readonly WorkloadTransaction[];
  /** Makes the workload with other values; a workload of one's own has no other values. */
  readonly generator: () => Promise<WorkloadGenerator | undefined>;
  readonly expected: (progress: Progress) => ExpectedVerdicts;
}

/** @throws MissingInputError */
export function openWorkload(options: WorkloadOptions): OpenedWorkload {
  const shared = locateShared(options.shared);
  const workload = readWorkload(options.workload ?? shared.workload);
  const transactions = selectTransactions(workload, options.transactions);
  if (transactions.length === 0) {
    throw new MissingInputError(`no transaction's name contains ${options.transactions ?? "anything"}`);
  }
  const isOwn = options.workload !== undefined;
  return {
    shared,
    workload,
    transactions,
    generator: async () => (isOwn ? undefined : loadGenerator(shared.generator)),
    expected: (progress) =>
      isOwn ? judgePlainly(shared.crs, transactions, progress).verdicts : readExpectedVerdicts(),
  };
}

/** Where and with what a report was made. */
export function describeRun(options: WorkloadOptions): {
  readonly date: string;
  readonly node: string;
  readonly cpu: string;
  readonly crs: string;
  readonly workload: string;
  readonly transactions: string | undefined;
} {
  return {
    date: new Date().toISOString(),
    node: process.version,
    cpu: cpus()[0]?.model ?? "unknown",
    crs: "4.28.0",
    workload: options.workload === undefined ? "workload.json" : resolve(options.workload),
    transactions: options.transactions,
  };
}
