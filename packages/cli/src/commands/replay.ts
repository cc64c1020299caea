import { availableParallelism } from "node:os";
import { Command, Option } from "commander";
import { openTraffic, replay } from "@cuirass/tools";
import type { ReplayReport, RuleSetSpec } from "@cuirass/tools";
import { ExitCode } from "../exit-code.ts";
import { ShareProgress } from "../output/share-progress.ts";
import { formatReplay } from "../replay/print-replay.ts";
import type { RuleSetFlags } from "../replay/rule-set-options.ts";
import { addRuleSetOptions, ruleSetOf } from "../replay/rule-set-options.ts";
import { textOrFile } from "../text-or-file.ts";

interface ReplayFlags extends RuleSetFlags {
  readonly changedRules?: string;
  readonly changedParanoiaLevel?: number;
  readonly changedBefore?: string;
  readonly changedAfter?: string;
  readonly failOn: "any" | "blocked" | "passed" | "rules" | "none";
  readonly workers: number;
  readonly show: number;
  readonly json?: boolean;
}

/** `cuirass replay`: recorded traffic against the current and a changed rule set. */
export function replayCommand(): Command {
  return addRuleSetOptions(new Command("replay"))
    .description(
      "Try recorded traffic on the rules, and on changed rules, and show which verdicts differ.\n" +
        "Traffic: audit logs (JSON), HAR, CRS tests (YAML), raw requests, curl command lines, and folders of these.\n" +
        "Exit code 0: no verdict differs; 1: some do, or records could not be read.",
    )
    .argument("<traffic...>", "files or folders")
    .option("--changed-rules <path>", "rules to compare with")
    .option("--changed-paranoia-level <n>", "paranoia level to compare with", Number)
    .option("--changed-before <text|file>", "as --directives-before, on the changed side")
    .option("--changed-after <text|file>", "as --directives-after, on the changed side")
    .addOption(
      new Option(
        "--fail-on <what>",
        "verdicts that end with exit code 1; `rules`: also other rules with the same verdict",
      )
        .choices(["any", "blocked", "passed", "rules", "none"])
        .default("any"),
    )
    .option("--workers <n>", "threads", Number, availableParallelism())
    .option("--show <n>", "differences to print", Number, 20)
    .option("--json", "print the report as JSON")
    .action(async (paths: readonly string[], flags: ReplayFlags) => {
      const current = ruleSetOf(flags);
      const changed = changedSide(flags, current);
      const progress = new ShareProgress("exchanges");
      const report = await replay(openTraffic(paths), {
        current,
        ...(changed === undefined ? {} : { changed }),
        workers: flags.workers,
        onProgress: (share, soFar) => {
          const differing = soFar.newlyBlocked + soFar.newlyPassed;
          progress.update(share, soFar.exchanges, soFar.compared === "nothing" ? "" : `${differing} differ`);
        },
      }).finally(() => progress.end());
      const text =
        flags.json === true
          ? JSON.stringify(report, undefined, 2)
          : formatReplay(report, flags.show, process.stdout.isTTY === true);
      process.stdout.write(`${text}\n`);
      if (fails(report, flags.failOn)) throw new ExitCode(1);
    });
}

function changedSide(flags: ReplayFlags, current: RuleSetSpec): RuleSetSpec | undefined {
  const { changedRules, changedParanoiaLevel, changedBefore, changedAfter } = flags;
  if ([changedRules, changedParanoiaLevel, changedBefore, changedAfter].every((value) => value === undefined))
    return undefined;
  return {
    ...current,
    rules: changedRules ?? current.rules,
    paranoiaLevel: changedParanoiaLevel ?? current.paranoiaLevel,
    before: textOrFile(changedBefore) ?? current.before,
    after: textOrFile(changedAfter) ?? current.after,
  };
}

function fails(
  { newlyBlocked, newlyPassed, otherRules, unreadableCount }: ReplayReport,
  failOn: ReplayFlags["failOn"],
): boolean {
  if (unreadableCount > 0) return true;
  switch (failOn) {
    case "any":
      return newlyBlocked + newlyPassed > 0;
    case "rules":
      return newlyBlocked + newlyPassed + otherRules > 0;
    case "blocked":
      return newlyBlocked > 0;
    case "passed":
      return newlyPassed > 0;
    case "none":
      return false;
  }
}
