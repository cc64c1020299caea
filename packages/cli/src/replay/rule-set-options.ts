import type { Command } from "commander";
import { Option } from "commander";
import type { RuleSetSpec } from "@cuirass/tools";
import { textOrFile } from "../text-or-file.ts";

/** Which rules recorded traffic is tried on. */
export interface RuleSetFlags {
  readonly rules?: string;
  readonly paranoiaLevel?: number;
  readonly mode?: "block" | "detect";
  readonly directivesBefore?: string;
  readonly directivesAfter?: string;
}

/** Adds the options of {@link RuleSetFlags}. */
export function addRuleSetOptions(command: Command): Command {
  return command
    .option("--rules <path>", "a CRS folder, a .conf file or a glob; `built-in` for the built-in rules")
    .option("--paranoia-level <n>", "blocking paranoia level of a CRS", Number)
    .addOption(new Option("--mode <mode>", "block or detect; as the rules say by default").choices(["block", "detect"]))
    .option("--directives-before <text|file>", "SecLang between the recommended settings and the rules")
    .option("--directives-after <text|file>", "SecLang after the rules, e.g. exclusions");
}

/** The rule set that the options describe. */
export function ruleSetOf(flags: RuleSetFlags): RuleSetSpec {
  return {
    rules: flags.rules,
    mode: flags.mode,
    paranoiaLevel: flags.paranoiaLevel,
    before: textOrFile(flags.directivesBefore),
    after: textOrFile(flags.directivesAfter),
  };
}
