import { basename } from "node:path";
import { Command } from "commander";
import { profile, readTraffic } from "@cuirass/tools";
import type { Profile } from "@cuirass/tools";
import { escapeText } from "../output/escape-text.ts";
import { ShareProgress } from "../output/share-progress.ts";
import type { RuleSetFlags } from "../replay/rule-set-options.ts";
import { addRuleSetOptions, ruleSetOf } from "../replay/rule-set-options.ts";

interface ProfileFlags extends RuleSetFlags {
  readonly rounds: number;
  readonly top: number;
  readonly json?: boolean;
}

/** `cuirass profile`: which rules cost how much on recorded traffic. */
export function profileCommand(): Command {
  return addRuleSetOptions(new Command("profile"))
    .description("Measure which rules cost how much on recorded traffic, and which exchanges are the slowest.")
    .argument("<traffic...>", "audit logs, HAR, CRS tests, raw requests, folders of these")
    .option("--rounds <n>", "passes that are measured, after one that warms up", Number, 5)
    .option("--top <n>", "rules to print", Number, 25)
    .option("--json", "print everything as JSON")
    .action(async (paths: readonly string[], flags: ProfileFlags) => {
      const traffic = await readTraffic(paths);
      const progress = new ShareProgress("exchanges");
      const result = await profile(traffic, {
        ruleSet: ruleSetOf(flags),
        rounds: flags.rounds,
        onProgress: (share, count) => progress.update(share, count, ""),
      }).finally(() => progress.end());
      process.stdout.write(
        `${flags.json === true ? JSON.stringify(result, undefined, 2) : format(result, flags.top)}\n`,
      );
    });
}

function format({ exchanges, rounds, totalMs, rulesMs, rules, slowest }: Profile, top: number): string {
  const each = (ms: number): string => `${((ms * 1000) / Math.max(1, exchanges)).toFixed(1)} µs`;
  const lines = [
    `${exchanges} exchanges, ${rounds} rounds: ${each(totalMs)} an exchange, of which ${each(rulesMs)} in rules that were evaluated`,
    `${rules.length} rules were evaluated; all others were passed over by the prefilter or skipped`,
    "",
    "    share     time    evaluated  matched  rule",
  ];
  for (const rule of rules.slice(0, top)) {
    const share = `${(rule.share * 100).toFixed(1)} %`.padStart(9);
    const counts = `${String(rule.evaluated).padStart(10)} ${String(rule.matched).padStart(8)}`;
    lines.push(`${share} ${each(rule.ms).padStart(10)} ${counts}  ${rule.id}  ${basename(rule.file)}:${rule.line}`);
    lines.push(
      `${" ".repeat(42)}${escapeText(rule.message, 70)}  (worst ${rule.worstMs.toFixed(2)} ms: ${escapeText(rule.worstOn, 40)})`,
    );
  }
  lines.push("", "Slowest exchanges:");
  for (const { request, ms } of slowest.slice(0, 5))
    lines.push(`${ms.toFixed(2).padStart(9)} ms  ${escapeText(request, 90)}`);
  return lines.join("\n");
}
