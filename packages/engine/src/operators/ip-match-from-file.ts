import type { OperatorDefinition } from "../operator.ts";
import { compileAddresses } from "./shared/addresses.ts";
import { dataLines, readNamedFile } from "./shared/data-file.ts";

/** `@ipMatchFromFile`: the value is an address listed in a file; `#` begins a comment line. */
export const ipMatchFromFile: OperatorDefinition = {
  name: "ipMatchFromFile",
  aliases: ["ipMatchF"],
  summary: "True when the value is an IP address in one of the networks that a file lists.",
  argument: "path of a file with addresses and networks, one or a comma list per line",
  examples: [
    { title: "listed", argument: "networks.data", input: "192.0.2.17", matches: true },
    { title: "not listed", argument: "networks.data", input: "198.51.100.1", matches: false },
  ],
  compile: (argument, context) => compileAddresses(dataLines(readNamedFile(argument, context)), context),
};
