import { Command } from "commander";
import type { Decision } from "@cuirass/node";
import { formatDecision } from "../output/format-decision.ts";

/** `cuirass explain`: why an exchange was blocked, by the id on its page. */
export function explainCommand(): Command {
  return new Command("explain")
    .description("Show which rules decided about a request of a running Cuirass, on which bytes, with which scores.")
    .argument("<id>", "request id from a block page or log line")
    .option("--admin <url>", "admin address of the running Cuirass", "http://127.0.0.1:8081")
    .option("--json", "print the decision as JSON")
    .action(async (id: string, options: { admin: string; json?: boolean }) => {
      const decision = await fetchDecision(options.admin, id);
      const text =
        options.json === true
          ? JSON.stringify(decision, undefined, 2)
          : formatDecision(decision, process.stdout.isTTY === true);
      process.stdout.write(`${text}\n`);
    });
}

async function fetchDecision(admin: string, id: string): Promise<Decision> {
  const response = await fetch(`${admin}/decisions/${encodeURIComponent(id)}`).catch(() => {
    throw new Error(`no Cuirass answers at ${admin}; give its admin address with --admin`);
  });
  if (response.status === 404) throw new Error(`no decision ${id} at ${admin}; only the latest are kept`);
  if (!response.ok) throw new Error(`${admin} answered with status ${response.status}`);
  return (await response.json()) as Decision;
}
