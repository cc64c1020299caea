import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Command } from "commander";
import { drawComparison } from "./bench-svg.ts";
import type { WorkloadOptions } from "./command.ts";
import { describeRun, openWorkload, runCommand } from "./command.ts";
import { packageFolder } from "./configuration.ts";
import { compareWith } from "./peers/compare.ts";
import { measureLinearity } from "./groups/linearity-group.ts";
import { measureLoad } from "./groups/load-group.ts";
import { measureWorst } from "./groups/worst-group.ts";
import { LibModSecurity } from "./peers/libmodsecurity.ts";
import { formatComparison } from "./peers/peer-report.ts";
import { formatLinearity, formatLoad, formatWorst } from "./print-report.ts";
import { pinToOneCore } from "./pin.ts";
import { Progress } from "./progress.ts";
import { VerdictCheck } from "./sampling.ts";
import { RECORDED_SEEDS } from "./verdicts.ts";
import type { WorkloadTransaction } from "./workload.ts";

interface Options extends WorkloadOptions {
  readonly rounds: string;
  readonly svg?: string | true;
  readonly onlyComparison?: true;
}

/**
 * Rounds before the counted ones. V8 goes on compiling for some 4,000 transactions, a server's first seconds: between the
 * 10th and the 40th round medians fall by a sixth.
 */
const WARM_UP = 40;
const LEAST_ROUNDS = 5;
const PICTURE = join(packageFolder, "..", "..", "docs", "images", "bench.svg");

const program = new Command("bench:peers")
  .description("Runs the engine and libmodsecurity in turn on the same transactions and rules, and compares.")
  .option("--rounds <count>", `counted rounds, ${LEAST_ROUNDS} to ${RECORDED_SEEDS - WARM_UP}`, "7")
  .option("--transactions <names>", "only transactions whose name contains one of these texts")
  .option("--workload <file>", "another workload of the same format")
  .option("--shared <dir>", "development data; CUIRASS_SHARED, else ../shared")
  .option("--json <file>", "write the results as JSON")
  .option("--svg [file]", "draw the results, in docs/images/bench.svg unless told otherwise")
  .option("--only-comparison", "leave out load, worst cases and linearity, which concern our side alone")
  .parse();

await runCommand(() => run(program.opts<Options>()));

async function run(options: Options): Promise<number> {
  const rounds = Number(options.rounds);
  if (!Number.isInteger(rounds) || rounds < LEAST_ROUNDS || rounds > RECORDED_SEEDS - WARM_UP) {
    process.stderr.write(`bench: --rounds takes ${LEAST_ROUNDS} to ${RECORDED_SEEDS - WARM_UP}\n`);
    return 2;
  }
  const { shared, workload, transactions, ...opened } = openWorkload(options);
  const pinned = pinToOneCore();
  const peer = await LibModSecurity.start(shared.crs);
  const check = new VerdictCheck();
  const progress = new Progress();
  try {
    const generate = await opened.generator();
    const expected = opened.expected(progress);
    const plan = {
      crs: shared.crs,
      transactions,
      generate,
      filter: options.transactions,
      rounds,
      warmUpRounds: WARM_UP,
    };
    const { rows, peerRows, ratios, peerFaults, differentIds } = await compareWith(peer, {
      ...plan,
      expected,
      check,
      progress,
    });
    progress.clear();
    process.stdout.write(`${formatComparison(peer.version, rows, peerRows, ratios)}\n`);
    if (!pinned) process.stdout.write("not pinned to one core: V8's own threads had others besides\n");
    process.stdout.write(`transactions with other logged rules in ${peer.version}: ${differentIds.length}\n`);
    const faults = [
      ...[...check.faults].map((text) => `Cuirass: ${text}`),
      ...peerFaults.map((text) => `peer: ${text}`),
    ];
    for (const fault of faults) process.stdout.write(`WRONG VERDICT ${fault}\n`);
    if (faults.length === 0) process.stdout.write("verdicts: as they must be on both sides\n");
    const own = options.onlyComparison === true ? undefined : measureOwn(shared.crs, workload, rounds, progress);
    if (own !== undefined) {
      const { load, worst, linearity } = own;
      process.stdout.write(`\n${formatLoad(load)}\n${formatWorst(worst, false)}\n${formatLinearity(linearity)}\n`);
    }
    if (options.json !== undefined) {
      const config = {
        ...describeRun(options),
        rounds,
        warmUpRounds: WARM_UP,
        pinned,
        clock: "CPU time",
      };
      const report = {
        rows,
        ...own,
        loadMs: own?.load.loadMs,
        rssMb: own?.load.rssMb,
        extraWafMb: own?.load.extraWafMb,
        config,
        peer: { name: peer.version, rows: peerRows },
        ratios,
        faults,
        differentIds,
      };
      writeFileSync(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
    }
    // A picture of wrong verdicts would be a lie.
    if (options.svg !== undefined && faults.length === 0) {
      const file = options.svg === true ? PICTURE : options.svg;
      mkdirSync(dirname(resolve(file)), { recursive: true });
      writeFileSync(file, drawComparison(peer.version, rows, peerRows, ratios));
    }
    return faults.length === 0 ? 0 : 1;
  } finally {
    peer.close();
  }
}

/** What concerns our side alone: start-up and memory, worst cases, growth. */
function measureOwn(crs: string, workload: readonly WorkloadTransaction[], rounds: number, progress: Progress) {
  const load = measureLoad(crs, rounds, progress);
  const worst = measureWorst(crs, workload, rounds, progress);
  const linearity = measureLinearity(crs, workload, rounds, progress);
  progress.clear();
  return { load, worst, linearity };
}
