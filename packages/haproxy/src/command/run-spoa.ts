import { readFileSync } from "node:fs";
import type { AdminServer, ReloadTrigger } from "@cuirass/node";
import { FileWatch, locateRuleSet, onSignals, ReloadQueue, startAdminServer } from "@cuirass/node";
import type { ParsedConfig } from "../config/parse-config.ts";
import type { SpoaFlags } from "./flags.ts";
import { Agent, workerCount } from "../agent/agent.ts";
import { parseBind } from "../config/bind-address.ts";
import { parseConfig } from "../config/parse-config.ts";
import { Inspector } from "../inspect/inspector.ts";
import { createAgentPorts } from "../inspect/ports.ts";
import { Reporter } from "../inspect/report.ts";
import { warningsOf } from "../inspect/warnings.ts";
import { Loggers } from "../log/loggers.ts";
import { FlagError, parseFlags, usage } from "./flags.ts";
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
    process.stdout.write(`version\t${version}\nrules\t${locateRuleSet().title}\nnode\t${process.version}\n`);
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
  const { file, applications, defaultApplication, deadlineMs, operations } = config;
  const reporter = new Reporter();
  const workers = workerCount(config);
  const inspectorConfig = { file, applications, defaultApplication, deadlineMs, operations, workers };
  const ports = await createAgentPorts(operations, reporter);
  const inspector = await Inspector.create(inspectorConfig, ports, reporter);
  for (const { config: application, waf } of inspector.applications.values()) {
    for (const warning of warningsOf(waf, application)) loggers.log("warn", warning, { app: application.name });
  }
  loggers.log("info", "Configuration file is valid");
  await inspector.close();
  await loggers.close();
  return 0;
}

async function serve(flags: SpoaFlags, parsed: ParsedConfig): Promise<number> {
  const agent = await Agent.start(parsed.config);
  logNotices(agent, parsed);
  if (flags.cpuprofile !== "" || flags.memprofile !== "") {
    agent.log("warn", "profiles are not written: start with node --cpu-prof or --heap-prof");
  }
  const admin = flags.metricsAddr === "" ? undefined : await startAdmin(agent, flags.metricsAddr);
  agent.log("info", "Listening", { address: agent.address });
  const reloads = new ReloadQueue((trigger) => reload(agent, flags, trigger as ReloadTrigger));
  const signals = onSignals({
    reload: () => void reloads.request("signal"),
    reopen: () => agent.reopenLogs(),
  });
  const watch = flags.autoreload
    ? new FileWatch(
        () => [[flags.config, undefined], ...agent.files],
        () => void reloads.request("files"),
      )
    : undefined;
  await untilStopped();
  watch?.close();
  signals.close();
  agent.log("info", "Stopping: messages under way are answered first");
  await agent.stop();
  await admin?.close();
  return 0;
}

/** Health, readiness and metrics. @throws Error when the address is wrong or taken. */
function startAdmin(agent: Agent, address: string): Promise<AdminServer> {
  const bind = parseBind(address);
  if (bind === undefined || bind.kind === "unix") throw new Error(`-metrics-addr "${address}" is no host:port`);
  const options = { metrics: agent.metrics.waf, notReady: () => agent.notReady };
  return startAdminServer(options, bind.port, bind.host ?? "::");
}

/** Resolves at SIGTERM or SIGINT; a second one ends the process at once. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    let signals = 0;
    const onSignal = (): void => {
      if (++signals > 1) process.exit(1);
      resolve();
    };
    process.on("SIGTERM", onSignal);
    process.on("SIGINT", onSignal);
  });
}

/** Never rejects: whatever is wrong, the configuration in force stays. */
async function reload(agent: Agent, flags: SpoaFlags, trigger: ReloadTrigger): Promise<void> {
  let ok = false;
  try {
    const parsed = readConfig(flags);
    await agent.reload(parsed.config);
    logNotices(agent, parsed);
    agent.log("info", "Configuration successfully reloaded");
    ok = true;
  } catch (error) {
    const fields = { error: (error as Error).message };
    agent.log("error", "Failed to reload configuration, using old configuration", fields);
  }
  agent.metrics.waf.reloaded({ trigger, ok });
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
