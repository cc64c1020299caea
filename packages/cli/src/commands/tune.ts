import { existsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command } from "commander";
import { locateRuleSet } from "@cuirass/node";
import { readTraffic, tune } from "@cuirass/tools";
import type { RecordedExchange, TuneReport } from "@cuirass/tools";
import { ExitCode } from "../exit-code.ts";
import { ShareProgress } from "../output/share-progress.ts";
import { formatTuning } from "../replay/print-tuning.ts";
import type { RuleSetFlags } from "../replay/rule-set-options.ts";
import { addRuleSetOptions, ruleSetOf } from "../replay/rule-set-options.ts";

interface TuneFlags extends RuleSetFlags {
  readonly attacks?: readonly string[];
  readonly limit: number;
  readonly firstId: number;
  readonly output?: string;
  readonly json?: boolean;
}

/** `cuirass tune`: exclusions for false alarms, with their evidence and the proof that attacks stay blocked. */
export function tuneCommand(): Command {
  return addRuleSetOptions(new Command("tune"))
    .description(
      "Propose the smallest exclusions that take the false alarms of benign traffic away, as SecLang with reasons, and prove by\n" +
        "replay that attacks stay blocked. The traffic has to be benign: what it holds is let through. Records that say\n" +
        '"class":"attack" are used as attacks.\n' +
        "Exit code 0: no false alarm is left and every attack stays blocked; 1: otherwise.",
    )
    .argument("<traffic...>", "benign traffic: audit logs, HAR, raw requests, folders of these")
    .option(
      "--attacks <path...>",
      "attacks that have to stay blocked; the CRS's own tests when they lie beside its rules",
    )
    .option("--limit <n>", "most proposals", Number, 25)
    .option("--first-id <n>", "id of the first directive", Number, 19_000)
    .option("--output <file>", "write the directives to this file")
    .option("--json", "print the report as JSON")
    .action(async (paths: readonly string[], flags: TuneFlags) => {
      const traffic = await readTraffic(paths);
      const attacks = [...traffic.filter(({ kind }) => kind === "attack"), ...(await attackCorpus(flags))];
      const progress = new StepProgress();
      const report = await tune(traffic, {
        ruleSet: ruleSetOf(flags),
        attacks,
        limit: flags.limit,
        firstId: flags.firstId,
        onProgress: (step, share) => progress.update(step, share),
      }).finally(() => progress.end());
      if (flags.output !== undefined) writeFileSync(flags.output, report.directives, "latin1");
      const text =
        flags.json === true
          ? JSON.stringify(report, undefined, 2)
          : formatTuning(report, process.stdout.isTTY === true);
      process.stdout.write(`${text}\n`);
      if (!isDone(report)) throw new ExitCode(1);
    });
}

function isDone({ after, proof }: TuneReport): boolean {
  return after.alarming === 0 && proof.every(({ unblocked }) => unblocked.length === 0);
}

async function attackCorpus({ attacks, rules }: TuneFlags): Promise<RecordedExchange[]> {
  if (attacks !== undefined) return (await readTraffic(attacks)).filter(({ kind }) => kind !== "benign");
  const ruleSet = locateRuleSet({ rules });
  const tests = join(dirname(ruleSet.path), "tests", "regression", "tests");
  if (ruleSet.kind !== "crs" || !existsSync(tests)) return [];
  return (await readTraffic([tests])).filter(({ kind }) => kind !== "benign");
}

/** A bar for each step. */
class StepProgress {
  #step = "";
  #bar: ShareProgress | undefined;

  update(step: string, share: number): void {
    if (step !== this.#step || this.#bar === undefined) {
      this.#bar?.end();
      this.#step = step;
      this.#bar = new ShareProgress("% of this step");
    }
    this.#bar.update(share, Math.floor(share * 100), step);
  }

  end(): void {
    this.#bar?.end();
  }
}
