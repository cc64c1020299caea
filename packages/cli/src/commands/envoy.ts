import { Command, Option } from "commander";
import { parseAddress } from "@cuirass/proxy";
import type { RunEnvoyOptions } from "../envoy/envoy-options.ts";
import { EnvoyExtProc } from "../envoy/envoy-service.ts";
import { withOperations } from "../service/operations-options.ts";
import { runService } from "../service/run-service.ts";

const bodyModes = ["none", "streamed", "buffered", "buffered_partial", "full_duplex_streamed"];
const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** `cuirass envoy`: the external processing service for Envoy. */
export function envoyCommand(): Command {
  return withOperations(new Command("envoy"))
    .description("Serve Envoy's external processing (ext_proc): inspects requests and responses that Envoy carries.")
    .addOption(new Option("--listen <address>", "host:port, or unix:PATH").env("LISTEN").default("127.0.0.1:9002"))
    .addOption(
      new Option("--rules <path>", "a CRS folder, a .conf file or a glob; `built-in` for the built-in rules").env(
        "CUIRASS_RULES",
      ),
    )
    .option("--rule-set <name=path>", "more rules, for routes that ask for them by name; repeatable", collect, [])
    .addOption(
      new Option("--mode <mode>", "block or detect; as the rules say by default, else block")
        .env("CUIRASS_MODE")
        .choices(["block", "detect"]),
    )
    .addOption(
      new Option("--paranoia-level <n>", "blocking paranoia level of a CRS")
        .env("CUIRASS_PARANOIA_LEVEL")
        .argParser(Number),
    )
    .addOption(
      new Option("--on-fault <policy>", "when inspection itself fails").choices(["block", "pass"]).default("block"),
    )
    .addOption(
      new Option("--compressed-requests <policy>", "bodies with a Content-Encoding")
        .choices(["inspect", "refuse", "pass"])
        .default("inspect"),
    )
    .addOption(
      new Option("--compressed-responses <policy>", "bodies with a Content-Encoding")
        .choices(["inspect", "pass"])
        .default("inspect"),
    )
    .addOption(
      new Option("--request-body-mode <mode>", "for versions of Envoy that do not tell theirs")
        .choices(bodyModes)
        .default("buffered"),
    )
    .addOption(new Option("--response-body-mode <mode>", "likewise").choices(bodyModes).default("buffered"))
    .option("--tls-cert <file>", "certificate chain, PEM")
    .option("--tls-key <file>", "its key, PEM")
    .option("--tls-client-ca <file>", "Envoy has to show a certificate of this authority, PEM")
    .addOption(
      new Option("--workers <n>", "processes; 0 for one per core").env("CUIRASS_WORKERS").argParser(Number).default(1),
    )
    .option("--admin <address>", "address of health, metrics and decisions; `off` for none", "127.0.0.1:8081")
    .option("--admin-token-file <file>", "token that POST /reload on the admin port needs; else CUIRASS_ADMIN_TOKEN")
    .option("--watch", "reload when a rule file changes; SIGHUP reloads in any case")
    .option("--directives-before <text|file>", "SecLang after the recommended settings, before the rules")
    .option("--directives-after <text|file>", "SecLang after the rules, e.g. exclusions")
    .action(async (options: RunEnvoyOptions) => {
      const admin = options.admin === "off" ? undefined : parseAddress(options.admin);
      if (admin === undefined && options.admin !== "off") {
        throw new Error(`--admin: "${options.admin}" is not an address; expected [host]:port such as 127.0.0.1:8081`);
      }
      if (!Number.isInteger(options.workers) || options.workers < 0 || options.workers > 256) {
        throw new Error("--workers: expected a number of processes from 0 to 256");
      }
      const { workers, adminTokenFile } = options;
      const running = await runService((events) => EnvoyExtProc.create(options, events), {
        workers,
        admin,
        adminTokenFile,
      });
      if (running === undefined) return;
      process.stdout.write(`${running.description}\nexternal processing for Envoy on ${running.url}\n`);
      await running.untilSignal();
    });
}
