import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { ensureProgram } from "../../e2e/programs.mjs";
import { startServer } from "../server.mjs";
import { runWrk, writeLua } from "../wrk.mjs";

const TARGET_MICROS = 250;
const CONNECTIONS = 8;
/** What clients wait between two requests where both servers are to answer as many. */
const PACE_MS = 2;

/**
 * Requests per second and latency for bare servers and for each way of protecting them, and the processor time that the WAF
 * adds to one GET of a browser with its HTML response inspected: the same page each time, and a new one each time. "no-rules"
 * runs the adapter with the recommended settings and nothing else: the share that does not depend on rules.
 *
 * A bare server under full load answers ten times as many requests, so that most are there already when it looks for them and
 * its client never sleeps: the kernel does less for each. "at one pace" compares servers that answer about as many.
 */
export async function run(group) {
  if (group.skipLoad) return group.notRun("load", "--skip-load");
  if (!ensureProgram("wrk")) return group.notRun("load", "wrk is not installed and could not be installed");
  if (availableParallelism() < 2)
    group.figure("load: warning", "one core for server and client: the figures mean little");
  const lua = await writeLua(group.directory, group.shared);
  const paced = await writeLua(group.directory, group.shared, PACE_MS);
  const noRules = join(group.directory, "no-rules.conf");
  writeFileSync(noRules, "# the recommended settings alone\n");
  const ruleSets = [["built-in rules", "built-in"]];
  if (group.crs === undefined) group.notRun("load with CRS level 1", "no development data");
  else ruleSets.push(["CRS level 1", group.crs]);

  const measure = async (setup, framework, mode, rules, { page = "same", script = lua } = {}) => {
    const environment = { WAF_RULES: rules, WAF_NO_RULES: noRules, PAGE: page };
    const command = ["taskset", "-c", "0", process.execPath, "packages/http/test/load-server.mjs", framework, mode];
    const server = await startServer(command, environment);
    try {
      runWrk(lua, server.port, { connections: CONNECTIONS, seconds: Math.max(5, group.seconds) });
      const before = server.cpuMicros();
      const result = runWrk(script, server.port, { connections: CONNECTIONS, seconds: group.seconds });
      const cpu = (server.cpuMicros() - before) / result.requests;
      const { rps, p50Ms, p99Ms, errors } = result;
      group.row({
        setup,
        rps,
        p50Ms,
        p99Ms,
        cpuMicrosPerRequest: Math.round(cpu),
        rssMiB: Math.round(server.rssMiB()),
      });
      if (errors > 0)
        group.report("load", `${setup}: no failed benign request`, false, `${errors} of ${result.requests}`);
      return cpu;
    } finally {
      await server.stop();
    }
  };

  const judge = (title, added) => {
    const met = added <= TARGET_MICROS ? "met" : "missed";
    group.figure(`added CPU, us per GET: ${title}, target of ${TARGET_MICROS}`, met);
  };

  const bare = await measure("bare node:http", "node-http", "bare");
  const bareNew = await measure("bare node:http, new pages", "node-http", "bare", undefined, { page: "new" });
  const barePaced = await measure("bare node:http, at one pace", "node-http", "bare", undefined, { script: paced });
  const own = (await measure("node:http, no rules", "node-http", "no-rules")) - bare;
  group.figure("added CPU, us per GET: no rules", Math.round(own));
  for (const [title, rules] of ruleSets) {
    await measure(`node:http, ${title}, detect`, "node-http", "detect", rules);
    const added = (await measure(`node:http, ${title}, block`, "node-http", "block", rules)) - bare;
    group.figure(`added CPU, us per GET: ${title}`, Math.round(added));
    group.figure(`added CPU, us per GET: ${title}, of which for the rules`, Math.round(added - own));
    judge(title, added);
    for (const [name, before, options] of [
      ["new pages", bareNew, { page: "new" }],
      ["at one pace", barePaced, { script: paced }],
    ]) {
      const more =
        (await measure(`node:http, ${title}, block, ${name}`, "node-http", "block", rules, options)) - before;
      group.figure(`added CPU, us per GET: ${title}, ${name}`, Math.round(more));
      judge(`${title}, ${name}`, more);
    }
    await measure(`node:http, ${title}, block, 1 worker thread on the same core`, "node-http", "workers", rules);
  }
  const rules = group.crs ?? "built-in";
  const [title] = ruleSets.at(-1);
  for (const framework of ["express", "fastify"]) {
    await measure(`bare ${framework}`, framework, "bare");
    await measure(`${framework}, ${title}, block`, framework, "block", rules);
  }
}
