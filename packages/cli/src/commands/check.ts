import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import { Command } from "commander";
import { createNodeHost, locateRuleSet, ruleSetFileSystem, supportedAuditWriters } from "@cuirass/node";
import type { CheckResult, Finding } from "@cuirass/lint";
import { checkConfiguration, migrationReport, toSarif } from "@cuirass/lint";
import type { Span } from "@cuirass/seclang";
import { formatDiagnostic, position } from "@cuirass/seclang";
import { ExitCode } from "../exit-code.ts";
import { fixFiles } from "../check/apply-fixes.ts";
import { formatMigration } from "../check/print-migration.ts";
import { readInputs } from "../check/read-inputs.ts";
import { version } from "../version.ts";

interface CheckOptions {
  readonly json?: boolean;
  readonly sarif?: string;
  readonly fix?: boolean;
  readonly migrate?: boolean;
  readonly notes?: boolean;
  readonly strict?: boolean;
}

/** `cuirass check`: validates rule files and service configurations. */
export function checkCommand(): Command {
  return new Command("check")
    .description(
      "Validate rules and service configurations: errors and warnings with place and hint.\n" +
        "Exit code 0: usable; 1: errors; 2: warnings, with --strict.",
    )
    .argument("<files...>", "rule files or globs, read in this order as one configuration; .yaml of a service")
    .option("--json", "print the findings as JSON")
    .option("--sarif <file>", "write the findings as SARIF 2.1.0 for code review; - for standard output")
    .option("--fix", "mend what can be mended mechanically, in the files themselves")
    .option("--migrate", "report what of a ModSecurity or Coraza configuration works here and what to write instead")
    .option("--notes", "print notes as well: what is right as it stands but worth a look")
    .option("--strict", "exit with 2 when there are warnings")
    .action((files: readonly string[], options: CheckOptions) => {
      let results = checkFiles(files);
      if (options.fix === true) {
        const fixed = fixFiles(results.findings);
        process.stderr.write(`${fixed} ${fixed === 1 ? "finding" : "findings"} mended\n`);
        if (fixed > 0) results = checkFiles(files);
      }
      report(results, options);
      const count = (severity: Finding["severity"]): number =>
        results.findings.filter((finding) => finding.severity === severity).length;
      if (count("error") > 0) throw new ExitCode(1);
      if (options.strict === true && count("warning") > 0) throw new ExitCode(2);
    });
}

/** All configurations together: their rules counted, their findings in order. */
function checkFiles(files: readonly string[]): CheckResult {
  const { configurations, findings } = readInputs(files);
  const host = createNodeHost({ fileSystem: ruleSetFileSystem(locateRuleSet()) });
  const results = configurations.map((directives) =>
    checkConfiguration({ directives, host, plugins: { auditWriters: supportedAuditWriters } }),
  );
  return {
    ruleCount: results.reduce((sum, { ruleCount }) => sum + ruleCount, 0),
    findings: [...findings, ...results.flatMap((result) => result.findings)],
    directives: results.flatMap(({ directives }) => directives),
  };
}

function report({ ruleCount, findings, directives }: CheckResult, options: CheckOptions): void {
  const shown = options.notes === true ? findings : findings.filter(({ severity }) => severity !== "info");
  const migration = options.migrate === true ? migrationReport(directives) : undefined;
  if (options.sarif !== undefined) {
    const uriOf = (name: string): string => relative(process.cwd(), name) || name;
    const sarif = `${JSON.stringify(toSarif(shown, { version, uriOf }), undefined, 2)}\n`;
    if (options.sarif === "-") return void process.stdout.write(sarif);
    writeFileSync(options.sarif, sarif);
  }
  if (options.json === true) {
    const items = migration?.map(({ place, ...item }) => ({ ...item, ...placeOf(place) }));
    const output = {
      rules: ruleCount,
      diagnostics: shown.map(plain),
      ...(items === undefined ? {} : { migration: items }),
    };
    return void process.stdout.write(`${JSON.stringify(output, undefined, 2)}\n`);
  }
  const color = process.stdout.isTTY === true;
  for (const finding of shown) process.stdout.write(`${formatDiagnostic(finding, { color })}\n`);
  if (migration !== undefined) process.stdout.write(`${formatMigration(migration, color)}\n`);
  const count = (severity: Finding["severity"]): number =>
    shown.filter((finding) => finding.severity === severity).length;
  process.stdout.write(`${ruleCount} rules, ${count("error")} errors, ${count("warning")} warnings\n`);
}

function plain({ span, related, fix, ...rest }: Finding): object {
  return {
    ...rest,
    ...(span === undefined ? {} : placeOf(span)),
    ...(related === undefined
      ? {}
      : { related: related.map((place) => ({ message: place.message, ...placeOf(place.span) })) }),
    ...(fix === undefined ? {} : { fix: { start: fix.span.start, end: fix.span.end, text: fix.text } }),
  };
}

function placeOf({ source, start, end }: Span): object {
  return { file: source.name, ...position(source, start), start, end };
}
