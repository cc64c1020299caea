import { Command } from "commander";
import { startDemoApp } from "../demo-app.ts";
import { runProxy } from "../run-proxy.ts";

/** `cuirass start`: a demonstration application behind the proxy. */
export function startCommand(): Command {
  return new Command("start")
    .description("Start a small demonstration application behind the WAF and print URLs to try.")
    .option("--listen <address>", "[host]:port of the WAF", ":8080")
    .option("--admin <address>", "address of health, metrics and decisions", "127.0.0.1:8081")
    .option("--rules <path>", "a CRS folder, a .conf file or a glob; `built-in` for the built-in rules")
    .option("--paranoia-level <n>", "blocking paranoia level of a CRS", Number)
    .action(async (options: { listen: string; admin: string; rules?: string; paranoiaLevel?: number }) => {
      const app = await startDemoApp();
      const running = (await runProxy({ ...options, upstream: app.url, mode: "block" }))!;
      process.stdout.write(`
${running.description}

  benign        ${running.url}/?name=Ada
  attack        ${running.url}/?name=<script>alert(document.cookie)</script>
  false alarm?  ${running.url}/?name=Select+your+union+from+the+list

A blocked page shows an id. See why: npx cuirass explain ID
All decisions: ${running.adminUrl}/decisions   metrics: ${running.adminUrl}/metrics
Stop with Ctrl-C.
`);
      await running.untilSignal();
      app.close();
    });
}
