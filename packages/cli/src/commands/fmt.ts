import { readFileSync, writeFileSync } from "node:fs";
import { Command } from "commander";
import { expandGlob } from "@cuirass/node";
import { formatSource } from "@cuirass/lint";
import { formatDiagnostic } from "@cuirass/seclang";
import { ExitCode } from "../exit-code.ts";

/** `cuirass fmt`: brings rule files into their usual form. */
export function fmtCommand(): Command {
  return new Command("fmt")
    .description("Bring rule files into the usual form. Comments and the meaning of the rules stay as they are.")
    .argument("<files...>", "rule files or globs; - reads standard input and prints the result")
    .option("--check", "change nothing; exit with 1 and name the files that are not in the usual form")
    .action((patterns: readonly string[], options: { check?: boolean }) => {
      if (patterns.includes("-"))
        return void process.stdout.write(formatted("(standard input)", readFileSync(0, "latin1")), "latin1");
      let changes = 0;
      let failed = false;
      for (const file of patterns.flatMap((pattern) => (/[*?[]/.test(pattern) ? expandGlob(pattern) : [pattern]))) {
        try {
          const before = readFileSync(file, "latin1");
          const after = formatted(file, before);
          if (after === before) continue;
          changes++;
          process.stdout.write(`${file}\n`);
          if (options.check !== true) writeFileSync(file, after, "latin1");
        } catch (error) {
          if (!(error instanceof ExitCode)) throw error;
          failed = true;
        }
      }
      process.stderr.write(
        `${changes} ${changes === 1 ? "file" : "files"} ${options.check === true ? "to format" : "formatted"}\n`,
      );
      if (failed || (options.check === true && changes > 0)) throw new ExitCode(1);
    });
}

/** @throws ExitCode when the text has errors, which are printed. */
function formatted(name: string, text: string): string {
  const { text: result, diagnostics } = formatSource(name, text);
  if (diagnostics.length === 0) return result;
  for (const diagnostic of diagnostics) {
    process.stderr.write(`${formatDiagnostic(diagnostic, { color: process.stderr.isTTY === true })}\n`);
  }
  throw new ExitCode(1);
}
