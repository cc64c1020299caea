import { Command, Option } from "commander";
import type { RunProxyOptions } from "../proxy/proxy-options.ts";
import { withOperations } from "../service/operations-options.ts";
import { runProxy } from "../run-proxy.ts";

const option = (flags: string, description: string, variable?: string): Option => {
  const made = new Option(flags, description);
  return variable === undefined ? made : made.env(variable);
};

/** `cuirass proxy`: protects applications. Every option that a container may want to set has a variable. */
export function proxyCommand(): Command {
  return withOperations(new Command("proxy"))
    .description("Protect HTTP applications: a reverse proxy that inspects requests and responses.")
    .addOption(option("--config <file>", "YAML configuration; the options below win over it", "CUIRASS_CONFIG"))
    .addOption(option("--upstream <urls>", "the application; several servers of it separated by commas", "UPSTREAM"))
    .addOption(option("--listen <address>", "[host]:port to listen on (default: :8080)", "LISTEN"))
    .addOption(option("--tls-cert <file>", "certificate chain, PEM: serves HTTPS and HTTP/2", "CUIRASS_TLS_CERT"))
    .addOption(option("--tls-key <file>", "its key, PEM", "CUIRASS_TLS_KEY"))
    .addOption(
      option(
        "--rules <path>",
        "a CRS folder, a .conf file or a glob; `built-in` for the built-in rules",
        "CUIRASS_RULES",
      ),
    )
    .addOption(
      option("--mode <mode>", "block or detect; as the rules say by default, else block", "CUIRASS_MODE").choices([
        "block",
        "detect",
      ]),
    )
    .addOption(
      option("--paranoia-level <n>", "blocking paranoia level of a CRS", "CUIRASS_PARANOIA_LEVEL").argParser(Number),
    )
    .addOption(
      option(
        "--on-fault <policy>",
        "when inspection itself fails: block (default) or pass",
        "CUIRASS_ON_FAULT",
      ).choices(["block", "pass"]),
    )
    .addOption(
      option(
        "--trusted-proxies <networks>",
        "proxies in front whose X-Forwarded-* headers are believed, separated by commas",
        "CUIRASS_TRUSTED_PROXIES",
      ),
    )
    .addOption(option("--access-log <target>", "JSON lines to a file or `stdout` (default: off)", "CUIRASS_ACCESS_LOG"))
    .addOption(option("--workers <n>", "processes; `all` for one per core (default: 1)", "CUIRASS_WORKERS"))
    .addOption(
      option(
        "--admin <address>",
        "address of health, metrics and decisions; `off` for none (default: 127.0.0.1:8081)",
        "CUIRASS_ADMIN",
      ),
    )
    .option("--admin-token-file <file>", "token that POST /reload on the admin port needs; else CUIRASS_ADMIN_TOKEN")
    .option("--watch", "reload when a rule file or the configuration changes; SIGHUP reloads in any case")
    .option("--expose-matches <header>", "response header with the ids of logged rules; for test runners only")
    .option("--directives-before <text|file>", "SecLang after the recommended settings, before the rules")
    .option("--directives-after <text|file>", "SecLang after the rules, e.g. exclusions")
    .action(async (options: RunProxyOptions) => {
      const running = await runProxy(options);
      if (running === undefined) return;
      process.stdout.write(
        `${running.description}\nlistening on ${running.urls.join(", ")}, protecting ${running.upstreams}\n`,
      );
      await running.untilSignal();
    });
}
