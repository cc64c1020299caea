import { writeFileSync } from "node:fs";
import { Command } from "commander";
import type { WorkloadOptions } from "./command.ts";
import { describeRun, openWorkload, runCommand } from "./command.ts";
import { levels } from "./configuration.ts";
import { measureLinearity } from "./groups/linearity-group.ts";
import { measureLoad } from "./groups/load-group.ts";
import { measureWorkload } from "./groups/workload-group.ts";
import { measureWorst } from "./groups/worst-group.ts";
import { formatLinearity, formatLoad, formatSingle, formatWorkload, formatWorst } from "./print-report.ts";
import { Progress } from "./progress.ts";
import { recordVerdicts } from "./record-verdicts.ts";
import type { BenchReport } from "./report.ts";
import { VerdictCheck } from "./sampling.ts";

interface Options extends WorkloadOptions {
  readonly quick?: true;
  readonly only?: string;
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

await runCommand(() => run(program.opts<Options>()));

async function run(options: Options): Promise<number> {
  const groups = options.only?.split(",") ?? GROUPS;
  const unknown = groups.find((group) => !GROUPS.includes(group));
  if (unknown !== undefined) {
    process.stderr.write(`bench: there is no group ${unknown}; known are ${GROUPS.join(", ")}\n`);
    return 2;
  }
  const { shared, workload, transactions, ...opened } = openWorkload(options);
  if (options.recordVerdicts === true) {
    process.stdout.write(recordVerdicts(shared.crs, workload, new Progress(), await opened.generator()));
    return 0;
  }
  const quick = options.quick === true;
  const rounds = quick ? 6 : 30;
  const check = new VerdictCheck();
  const progress = new Progress();
  const expected = opened.expected(progress);
  const print = (text: string): void => {
    progress.clear();
    process.stdout.write(`${text}\n`);
  };
  let report: BenchReport = {
    config: {
      ...describeRun(options),
      rounds,
      quick,
      verdicts: Object.keys(expected).length > 0 ? "ids" : "classes",
    },
    faults: [],
  };
  if (groups.includes("workload")) {
    const generate = await opened.generator();
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
