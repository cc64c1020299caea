import { readFileSync } from "node:fs";
import type { ParsedConfig } from "../config/parse-config.ts";
import type { SpoaFlags } from "./flags.ts";
import { Agent } from "../agent/agent.ts";
import { parseConfig } from "../config/parse-config.ts";
import { Inspector } from "../inspect/inspector.ts";
import { Reporter, series } from "../inspect/report.ts";
import { Loggers } from "../log/loggers.ts";
import { FileWatch } from "./file-watch.ts";
import { FlagError, parseFlags, usage } from "./flags.ts";
import { startMetricsServer } from "./metrics-server.ts";
import { probeAgent } from "./probe.ts";

/** Runs the agent's command line; resolves with the exit code when the process may end. */
export async function runSpoa(words: readonly string[], version: string, program = "cuirass spoa"): Promise<number> {
  let flags: SpoaFlags;
  try {
    flags = parseFlags(words);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    process.stderr.write(`${error.message}\n${usage(program)}`);
    return 2;
  }
  if (flags.help) {
    process.stderr.write(usage(program));
    return 0;
  }
  if (flags.version) {
    process.stdout.write(`version\t${version}\nnode\t${process.version}\n`);
    return 0;
  }
  if (flags.config === "") return fail("Configuration file is not set");
  try {
    const parsed = readConfig(flags);
    if (flags.convertConfig) {
      process.stdout.write(parsed.converted ?? readFileSync(flags.config, "utf8"));
      return 0;
    }
    if (flags.probe) return (await probeAgent(parsed.config.bind)) ? 0 : 1;
    return await (flags.validate ? validate(parsed) : serve(flags, parsed));
  } catch (error) {
    return fail((error as Error).message);
  }
}

function readConfig(flags: SpoaFlags): ParsedConfig {
  let text: string;
  try {
    text = readFileSync(flags.config, "utf8");
  } catch (error) {
    throw new Error(`cannot read the configuration: ${(error as Error).message}`, { cause: error });
  }
  return parseConfig(text, flags.config, { strictCompat: flags.strictCompat });
}

/** Everything short of listening. */
async function validate({ config, warnings }: ParsedConfig): Promise<number> {
  const loggers = new Loggers(config, () => undefined);
  for (const warning of warnings) loggers.log("warn", warning);
  const inspector = new Inspector(config, new Reporter());
  for (const { config: application, waf } of inspector.applications.values()) {
    for (const { message } of waf.diagnostics) loggers.log("warn", message, { app: application.name });
  }
  loggers.log("info", "Configuration file is valid");
  await loggers.close();
  return 0;
}

async function serve(flags: SpoaFlags, parsed: ParsedConfig): Promise<number> {
  const agent = await Agent.start(parsed.config);
  logNotices(agent, parsed);
  if (flags.cpuprofile !== "" || flags.memprofile !== "") {
    agent.log("warn", "profiles are not written: start with node --cpu-prof or --heap-prof");
  }
  const metrics = flags.metricsAddr === "" ? undefined : await startMetricsServer(agent, flags.metricsAddr);
  agent.log("info", "Listening", { address: agent.address });
  const reload = reloader(agent, flags);
  const watch = flags.autoreload
    ? new FileWatch(
        () => [flags.config, ...agent.files],
        () => void reload(),
      )
    : undefined;
  process.on("SIGHUP", () => {
    agent.reopenLogs();
    void reload();
  });
  process.on("SIGUSR1", () => agent.reopenLogs());
  await new Promise<void>((stop) => {
    let signals = 0;
    const onSignal = (): void => {
      if (++signals > 1) process.exit(1);
      stop();
    };
    process.on("SIGTERM", onSignal);
    process.on("SIGINT", onSignal);
  });
  watch?.close();
  agent.log("info", "Stopping: messages under way are answered first");
  await agent.stop();
  metrics?.close();
  return 0;
}

/** One reload at a time; what comes meanwhile causes one more. */
function reloader(agent: Agent, flags: SpoaFlags): () => Promise<void> {
  let running: Promise<void> | undefined;
  let again = false;
  const once = async (): Promise<void> => {
    try {
      const parsed = readConfig(flags);
      await agent.reload(parsed.config);
      logNotices(agent, parsed);
      agent.metrics.count(series("coraza_spoa_reloads_total", { result: "ok" }));
      agent.log("info", "Configuration successfully reloaded");
    } catch (error) {
      agent.metrics.count(series("coraza_spoa_reloads_total", { result: "failed" }));
      agent.log("error", "Failed to reload configuration, using old configuration", {
        error: (error as Error).message,
      });
    }
  };
  const loop = async (): Promise<void> => {
    do {
      again = false;
      await once();
    } while (again);
    running = undefined;
  };
  return () => {
    if (running === undefined) running = loop();
    else again = true;
    return running;
  };
}

function logNotices(agent: Agent, { warnings, converted }: ParsedConfig): void {
  for (const warning of warnings) agent.log("warn", warning);
  if (converted === undefined) return;
  agent.log("warn", "the configuration is in an older form; -convert-config prints what to write instead", {
    current: converted,
  });
}

function fail(message: string): number {
  process.stderr.write(`${message}\n`);
  return 1;
}
