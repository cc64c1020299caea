import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { resolve } from "node:path";
import { Command } from "commander";
import { levels, locateShared } from "./configuration.ts";
import { measureLinearity } from "./groups/linearity-group.ts";
import { measureLoad } from "./groups/load-group.ts";
import { measureWorkload } from "./groups/workload-group.ts";
import { measureWorst } from "./groups/worst-group.ts";
import { formatLinearity, formatLoad, formatSingle, formatWorkload, formatWorst } from "./print-report.ts";
import { Progress } from "./progress.ts";
import { judgePlainly, recordVerdicts } from "./record-verdicts.ts";
import type { BenchReport } from "./report.ts";
import { VerdictCheck } from "./sampling.ts";
import { readExpectedVerdicts } from "./verdicts.ts";
import { loadGenerator, MissingInputError, readWorkload, selectTransactions } from "./workload.ts";

interface Options {
  readonly quick?: true;
  readonly only?: string;
  readonly transactions?: string;
  readonly workload?: string;
  readonly shared?: string;
  readonly json?: string;
  readonly all?: true;
  readonly recordVerdicts?: true;
}

const GROUPS = ["workload", "load", "worst", "linearity"];
const FAULTS_SHOWN = 20;

const program = new Command("bench")
  .description("Measures the engine on whole transactions under the CRS and checks every verdict on the way.")
  .option("--quick", "fewer rounds: for a first impression")
  .option("--only <groups>", `comma-separated, of ${GROUPS.join(", ")}`)
  .option("--transactions <names>", "only transactions whose name contains one of these texts, each shown by itself")
  .option("--workload <file>", "another workload of the same format")
  .option("--shared <dir>", "development data; CUIRASS_SHARED, else ../shared")
  .option("--json <file>", "write the results as JSON")
  .option("--all", "every transaction and every worst case, not only the dearest")
  .option(
    "--record-verdicts",
    "keep the verdicts of a plain rule-by-rule evaluation as the expected ones, and measure nothing",
  )
  .parse();

try {
  process.exitCode = await run(program.opts<Options>());
} catch (error) {
  if (!(error instanceof MissingInputError)) throw error;
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 2;
}

async function run(options: Options): Promise<number> {
  const groups = options.only?.split(",") ?? GROUPS;
  const unknown = groups.find((group) => !GROUPS.includes(group));
  if (unknown !== undefined) {
    process.stderr.write(`bench: there is no group ${unknown}; known are ${GROUPS.join(", ")}\n`);
    return 2;
  }
  const shared = locateShared(options.shared);
  const workload = readWorkload(options.workload ?? shared.workload);
  if (options.recordVerdicts === true) {
    process.stdout.write(recordVerdicts(shared.crs, workload, new Progress(), await loadGenerator(shared.generator)));
    return 0;
  }
  const transactions = selectTransactions(workload, options.transactions);
  if (transactions.length === 0) {
    process.stderr.write(`bench: no transaction's name contains ${options.transactions ?? "anything"}\n`);
    return 2;
  }
  const quick = options.quick === true;
  const rounds = quick ? 6 : 30;
  const check = new VerdictCheck();
  const progress = new Progress();
  const expected =
    options.workload === undefined ? readExpectedVerdicts() : judgePlainly(shared.crs, transactions, progress).verdicts;
  const print = (text: string): void => {
    progress.clear();
    process.stdout.write(`${text}\n`);
  };
  let report: BenchReport = {
    config: {
      date: new Date().toISOString(),
      node: process.version,
      cpu: cpus()[0]?.model ?? "unknown",
      crs: "4.28.0",
      workload: options.workload === undefined ? "workload.json" : resolve(options.workload),
      rounds,
      quick,
      transactions: options.transactions,
      verdicts: Object.keys(expected).length > 0 ? "ids" : "classes",
    },
    faults: [],
  };
  if (groups.includes("workload")) {
    const generate = options.workload === undefined ? await loadGenerator(shared.generator) : undefined;
    const { rows, single } = measureWorkload({
      crs: shared.crs,
      transactions,
      generate,
      filter: options.transactions,
      rounds,
      warmUpRounds: quick ? 4 : 10,
      levels,
      expected,
      check,
      progress,
    });
    report = { ...report, rows };
    print(formatWorkload(rows));
    print(formatSingle(single, options.all === true || options.transactions !== undefined ? Infinity : 8));
  }
  if (groups.includes("load")) {
    const load = measureLoad(shared.crs, quick ? 3 : 7, progress);
    report = { ...report, load, loadMs: load.loadMs, rssMb: load.rssMb, extraWafMb: load.extraWafMb };
    print(formatLoad(load));
  }
  if (groups.includes("worst")) {
    const worst = measureWorst(shared.crs, workload, quick ? 3 : 7, progress);
    report = { ...report, worst };
    print(formatWorst(worst, options.all === true));
  }
  if (groups.includes("linearity")) {
    const linearity = measureLinearity(shared.crs, workload, quick ? 5 : 9, progress);
    report = { ...report, linearity };
    print(formatLinearity(linearity));
  }
  report = { ...report, faults: [...check.faults] };
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
  if (groups.includes("workload")) print(describeVerdicts(report));
  return report.faults.length === 0 ? 0 : 1;
}

function describeVerdicts({ config, faults }: BenchReport): string {
  if (faults.length > 0) {
    const shown = faults.slice(0, FAULTS_SHOWN).map((fault) => `  ${fault}\n`);
    return `${faults.length} WRONG VERDICTS: these times mean nothing\n${shown.join("")}`;
  }
  const recorded =
    config.verdicts === "ids" ? ", verdicts and logged rules as recorded" : "; nothing recorded to compare ids with";
  return `verdicts: level 1 benign all passed with score 0, attacks all blocked${recorded}`;
}
