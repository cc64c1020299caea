import { Command, Option } from "commander";
import { runProxy } from "../run-proxy.ts";

/** `cuirass proxy`: protects one application. */
export function proxyCommand(): Command {
  return new Command("proxy")
    .description("Protect an HTTP application: a reverse proxy that inspects requests and responses.")
    .addOption(new Option("--upstream <url>", "the application").env("UPSTREAM").makeOptionMandatory())
    .addOption(new Option("--listen <address>", "[host]:port to listen on").env("LISTEN").default(":8080"))
    .option("--rules <path>", "a CRS folder, a .conf file or a glob; `built-in` for the built-in rules")
    .addOption(
      new Option("--mode <mode>", "block or detect; as the rules say by default, else block").choices([
        "block",
        "detect",
      ]),
    )
    .option("--paranoia-level <n>", "blocking paranoia level of a CRS", Number)
    .option("--admin <address>", "address of health, metrics and decisions; `off` for none", "127.0.0.1:8081")
    .option("--admin-token-file <file>", "token that POST /reload on the admin port needs; else CUIRASS_ADMIN_TOKEN")
    .option("--watch", "reload when a rule file changes; SIGHUP reloads in any case")
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
    .option("--telemetry", "OpenTelemetry traces and metrics, by the SDK loaded with node --import")
    .option("--expose-matches <header>", "response header with the ids of logged rules; for test runners only")
    .option("--directives-before <text>", "SecLang text after the recommended settings, before the rules")
    .option("--directives-after <text>", "SecLang text after the rules, e.g. exclusions")
    .action(async (options: Parameters<typeof runProxy>[0]) => {
      const running = await runProxy(options);
      process.stdout.write(`${running.description}\nlistening on ${running.url}, protecting ${options.upstream}\n`);
      await running.untilSignal();
    });
}
