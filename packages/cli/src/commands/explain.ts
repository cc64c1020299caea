import { existsSync, readFileSync } from "node:fs";
import { Command } from "commander";
import type { Decision } from "@cuirass/node";
import { explainExchange, looksCurl, openRuleSet, readCurl, readRawRequest, readTraffic } from "@cuirass/tools";
import type { RecordedExchange } from "@cuirass/tools";
import { formatDecision } from "../output/format-decision.ts";
import { formatExplanation } from "../output/format-explanation.ts";
import type { RuleSetFlags } from "../replay/rule-set-options.ts";
import { addRuleSetOptions, ruleSetOf } from "../replay/rule-set-options.ts";

interface ExplainFlags extends RuleSetFlags {
  readonly admin: string;
  readonly entry?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** `cuirass explain`: why an exchange is blocked: one that a running Cuirass remembers, or a recorded one. */
export function explainCommand(): Command {
  return addRuleSetOptions(new Command("explain"))
    .description(
      "Show which rules decide about a request, on which bytes, after which transformations, with which scores.\n" +
        "Give the id of a block page or log line, a file (raw request, HAR, audit log, CRS test), or a curl command line.",
    )
    .argument("<what>", "id, file, curl command line, or - for a raw request or curl command on standard input")
    .option("--admin <url>", "admin address of the running Cuirass, for ids", "http://127.0.0.1:8081")
    .option("--entry <n|name>", "which entry of a file with several: its number or its name or id")
    .option("--all", "rules that matched without logging as well")
    .option("--json", "print as JSON")
    .action(async (what: string, flags: ExplainFlags) => {
      const color = process.stdout.isTTY === true;
      const exchange = await findExchange(what, flags.entry);
      if (exchange === undefined) {
        const decision = await fetchDecision(flags.admin, what);
        return print(flags.json === true ? decision : formatDecision(decision, color));
      }
      const waf = openRuleSet(ruleSetOf(flags), { tracing: true });
      const explanation = await explainExchange(waf, exchange);
      const width = Math.max(60, process.stdout.columns ?? 100);
      print(
        flags.json === true ? explanation : formatExplanation(explanation, { color, width, all: flags.all === true }),
      );
    });
}

function print(value: object | string): void {
  process.stdout.write(`${typeof value === "string" ? value : JSON.stringify(value, undefined, 2)}\n`);
}

/** Undefined when the argument is none of the things that can be read: an id. */
async function findExchange(what: string, entry: string | undefined): Promise<RecordedExchange | undefined> {
  if (looksCurl(what)) return readCurl(what, "curl command line");
  if (what === "-") {
    const bytes = readFileSync(0);
    const text = bytes.toString("utf8");
    return looksCurl(text)
      ? readCurl(text, "standard input")
      : readRawRequest(bytes.toString("latin1"), "standard input");
  }
  if (!existsSync(what)) return undefined;
  const exchanges = await readTraffic([what]);
  const chosen =
    entry === undefined ? exchanges[0] : (exchanges.find(({ name }) => name === entry) ?? exchanges[Number(entry) - 1]);
  if (chosen === undefined) throw new Error(`${what} has ${exchanges.length} entries and none is "${entry ?? ""}"`);
  if (entry === undefined && exchanges.length > 1) {
    process.stderr.write(`the first of ${exchanges.length} entries; --entry N or --entry NAME shows another\n`);
  }
  return chosen;
}

async function fetchDecision(admin: string, id: string): Promise<Decision> {
  const response = await fetch(`${admin}/decisions/${encodeURIComponent(id)}`).catch(() => {
    throw new Error(`no Cuirass answers at ${admin}; give its admin address with --admin (and ${id} is no file)`);
  });
  if (response.status === 404) throw new Error(`no decision ${id} at ${admin}; only the latest are kept`);
  if (!response.ok) throw new Error(`${admin} answered with status ${response.status}`);
  return (await response.json()) as Decision;
}
