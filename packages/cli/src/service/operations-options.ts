import type { Command } from "commander";
import { Option } from "commander";
import type { Logger } from "@cuirass/engine";
import type { Operations, Telemetry, WafMetrics } from "@cuirass/node";
import { openOperations, parseMaskingList } from "@cuirass/node";

/** Store, masking, audit queue and telemetry: the same options for every service. */
export interface OperationsFlags {
  /** Address of the collection store, and what happens while it is down. */
  readonly store?: string | undefined;
  readonly storeWhenDown?: "local" | "fault" | undefined;
  /** What logs must not show, e.g. `arg:password`. */
  readonly mask?: readonly string[] | undefined;
  /** Audit entries that may wait for each target. */
  readonly auditQueue?: number | undefined;
  /** Traces and metrics through the OpenTelemetry SDK that was loaded into the process. */
  readonly telemetry?: boolean | undefined;
}

/** Adds the options to a command. */
export function withOperations(command: Command): Command {
  return command
    .addOption(
      new Option("--store <address>", "persistent collections: memory, file:///PATH or redis://HOST[:PORT]")
        .env("CUIRASS_STORE")
        .default("memory"),
    )
    .addOption(
      new Option(
        "--store-when-down <policy>",
        "while Redis is away: count in this process, or let each call be a fault",
      )
        .choices(["local", "fault"])
        .default("local"),
    )
    .option("--mask <names...>", "never log these: arg:NAME, cookie:NAME, header:NAME, response-header:NAME")
    .option("--audit-queue <n>", "audit entries that may wait for a target; more are lost and counted (10000)", Number)
    .option("--telemetry", "OpenTelemetry traces and metrics, by the SDK loaded with node --import");
}

/** @throws Error (rejects) when an address or a name cannot be used. */
export async function operationsOf(flags: OperationsFlags, metrics: WafMetrics, logger: Logger): Promise<Operations> {
  return openOperations({
    metrics,
    logger,
    store: flags.store,
    whenStoreDown: flags.storeWhenDown,
    ...(flags.auditQueue === undefined ? {} : { audit: { queue: { entries: flags.auditQueue } } }),
    masking: parseMaskingList(flags.mask ?? []),
    telemetry: flags.telemetry === true ? await loadTelemetry() : undefined,
  });
}

/** Loaded when asked for. */
async function loadTelemetry(): Promise<Telemetry> {
  return (await import("@cuirass/node/opentelemetry")).createTelemetry();
}
