import { Command } from "commander";
import { runSpoa } from "@cuirass/haproxy";
import { ExitCode } from "../exit-code.ts";

/** `cuirass spoa`: the agent for HAProxy. Its flags are those of coraza-spoa and are read by the agent itself. */
export function spoaCommand(): Command {
  return new Command("spoa")
    .description(
      "Serve HAProxy's Stream Processing Offload Protocol, in place of coraza-spoa: --config FILE; see --help.",
    )
    .argument("[flags...]")
    .allowUnknownOption()
    .helpOption(false)
    .action(async (_flags: readonly string[], _options: object, command: Command) => {
      const code = await runSpoa(command.args, "0.1.0");
      if (code !== 0) throw new ExitCode(code);
    });
}
