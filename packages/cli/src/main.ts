import { Command, CommanderError } from "commander";
import { isWafError } from "@cuirass/engine";
import { ConfigFileError } from "@cuirass/node";
import { TrafficError } from "@cuirass/tools";
import { checkCommand } from "./commands/check.ts";
import { crsCommand } from "./commands/crs.ts";
import { envoyCommand } from "./commands/envoy.ts";
import { explainCommand } from "./commands/explain.ts";
import { fmtCommand } from "./commands/fmt.ts";
import { ftwCommand } from "./commands/ftw.ts";
import { proxyCommand } from "./commands/proxy.ts";
import { profileCommand } from "./commands/profile.ts";
import { replayCommand } from "./commands/replay.ts";
import { spoaCommand } from "./commands/spoa.ts";
import { startCommand } from "./commands/start.ts";
import { tuneCommand } from "./commands/tune.ts";
import { ExitCode } from "./exit-code.ts";

/** Runs the command line; resolves with the process's exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = new Command("cuirass")
    .description("Web application firewall: SecLang rules and the OWASP Core Rule Set.")
    .version("0.1.0")
    // Options count where they stand: `cuirass crs install --version 4.28.0` names a release.
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError();
  for (const add of [
    startCommand,
    proxyCommand,
    envoyCommand,
    checkCommand,
    fmtCommand,
    explainCommand,
    replayCommand,
    tuneCommand,
    profileCommand,
    ftwCommand,
    crsCommand,
    spoaCommand,
  ]) {
    program.addCommand(add().exitOverride());
  }
  try {
    await program.parseAsync(argv);
    return 0;
  } catch (error) {
    if (error instanceof ExitCode) return error.code;
    if (error instanceof CommanderError) return error.exitCode;
    // Configuration errors explain themselves; anything else is unexpected and keeps its stack.
    process.stderr.write(`${isWafError(error) || isPlain(error) ? error.message : String((error as Error).stack)}\n`);
    return 1;
  }
}

function isPlain(error: unknown): error is Error {
  return (
    error instanceof Error &&
    (error.constructor === Error || error instanceof TrafficError || error instanceof ConfigFileError)
  );
}
