import { Command } from "commander";
import { createWaf, isWafError } from "@cuirass/engine";
import type { WafConfigError } from "@cuirass/engine";
import { createNodeHost, locateRuleSet, ruleSetFileSystem, supportedAuditWriters } from "@cuirass/node";
import { formatDiagnostic } from "@cuirass/seclang";
import { ExitCode } from "../exit-code.ts";

/** `cuirass check`: validates rule files. */
export function checkCommand(): Command {
  return new Command("check")
    .description("Validate rules: errors and warnings with file, line and a hint. Exit code 1 when there is an error.")
    .argument("<files...>", "configuration files or globs, read in this order")
    .option("--json", "print the findings as JSON")
    .action((files: readonly string[], options: { json?: boolean }) => {
      const { diagnostics, ruleCount } = findings(files);
      const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error").length;
      if (options.json === true) {
        process.stdout.write(
          `${JSON.stringify({ rules: ruleCount, diagnostics: diagnostics.map(plain) }, undefined, 2)}\n`,
        );
      } else {
        for (const diagnostic of diagnostics) {
          process.stdout.write(`${formatDiagnostic(diagnostic, { color: process.stdout.isTTY === true })}\n`);
        }
        const warnings = diagnostics.length - errors;
        process.stdout.write(`${ruleCount} rules, ${errors} errors, ${warnings} warnings\n`);
      }
      if (errors > 0) throw new ExitCode(1);
    });
}

type Diagnostics = WafConfigError["diagnostics"];

function findings(files: readonly string[]): { diagnostics: Diagnostics; ruleCount: number } {
  try {
    const waf = createWaf({
      directives: files.map((file) => ({ file })),
      host: createNodeHost({ fileSystem: ruleSetFileSystem(locateRuleSet()) }),
      plugins: { auditWriters: supportedAuditWriters },
    });
    return { diagnostics: waf.diagnostics, ruleCount: waf.ruleCount };
  } catch (error) {
    if (!isWafError(error) || error.code !== "WAF_CONFIG_INVALID") throw error;
    return { diagnostics: (error as WafConfigError).diagnostics, ruleCount: 0 };
  }
}

function plain(diagnostic: Diagnostics[number]): object {
  const { span, related: _related, ...rest } = diagnostic;
  return { ...rest, file: span?.source.name, start: span?.start, end: span?.end };
}
