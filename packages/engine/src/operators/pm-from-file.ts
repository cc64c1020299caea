import type { ByteString } from "../text/bytes.ts";
import type { OperatorCompileContext, OperatorDefinition } from "../operator.ts";
import { OperatorArgumentError } from "../operator.ts";
import { dataLines, readNamedFile } from "./shared/data-file.ts";
import { compilePhrases } from "./shared/phrases.ts";

/**
 * `@pmFromFile`: one of the phrases in the files occurs in the value, ASCII case apart. One phrase per line, `#` begins a
 * comment line.
 *
 * Compat: several files may be named, as the documentation says; Coraza takes the whole argument as one path (gaps B).
 */
export const pmFromFile: OperatorDefinition = {
  name: "pmFromFile",
  aliases: ["pmf"],
  summary: "As pm, with the phrases in files, one per line.",
  argument: "paths of files, separated by blanks",
  examples: [
    { title: "a line of the file", argument: "phrases.data", input: "1 union SELECT 2", matches: true },
    { title: "lines are whole phrases", argument: "phrases.data", input: "select", matches: false },
    { title: "second file", argument: "phrases.data more.data", input: "benchmark(1)", matches: true },
  ],
  compile: (argument, context) => compilePhrases(readFiles(argument, context).flatMap(dataLines), context),
};

/** A path may itself hold blanks: the whole argument is tried first. */
function readFiles(argument: ByteString, context: OperatorCompileContext): ByteString[] {
  const paths = argument.split(/[ \t]+/);
  if (paths.length === 1) return [readNamedFile(argument, context)];
  try {
    return [readNamedFile(argument, context)];
  } catch (error) {
    if (!(error instanceof OperatorArgumentError)) throw error;
    return paths.map((path) => readNamedFile(path, context));
  }
}
