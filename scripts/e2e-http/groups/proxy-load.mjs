import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { ensureProgram } from "../../e2e/programs.mjs";
import { startApplication, startProxy } from "../proxy/start.mjs";
import { send } from "../client.mjs";
import { runWrk, writeLua } from "../wrk.mjs";

const CONNECTIONS = 8;

/** Requests per second, latency and processor time per request: the application alone, and behind the proxy in each mode. */
export async function run(group) {
  if (group.skipLoad) return group.notRun("proxy load", "--skip-load");
  if (!ensureProgram("wrk")) return group.notRun("proxy load", "wrk is not installed and could not be installed");
  const lua = await writeLua(group.directory, group.shared);
  const off = join(group.directory, "off.conf");
  writeFileSync(off, "SecRuleEngine Off\n");
  const application = await startApplication(0, ["taskset", "-c", "1"]);
  const measure = async (setup, port, cpuMicros) => {
    runWrk(lua, port, { connections: CONNECTIONS, seconds: Math.max(3, Math.floor(group.seconds / 2)) });
    const before = cpuMicros();
    const { requests, rps, p50Ms, p99Ms, errors } = runWrk(lua, port, {
      connections: CONNECTIONS,
      seconds: group.seconds,
    });
    const cpu = Math.round((cpuMicros() - before) / requests);
    group.row({ setup, rps, p50Ms, p99Ms, cpuMicrosPerRequest: cpu });
    group.report(
      "proxy load",
      `${setup}: no failed benign request`,
      errors === 0,
      `${requests} requests, ${errors} failed`,
    );
    return cpu;
  };
  const behind = async (setup, args) => {
    const proxy = await startProxy(["--upstream", `http://127.0.0.1:${application.port}`, ...args], {
      pin: ["taskset", "-c", "0"],
      environment: { CUIRASS_LOG_LEVEL: "error" },
    });
    try {
      for (const path of ["/", "/?q=%3Cscript%3Ealert(1)%3C/script%3E"]) await send(proxy.port, path);
      return await measure(setup, proxy.port, proxy.cpuMicros);
    } finally {
      await proxy.stop();
    }
  };
  try {
    await measure("bare application", application.port, application.cpuMicros);
    const own = await behind("proxy without rules", ["--rules", off]);
    group.figure("CPU, us per GET: the proxy without rules", own);
    const rules = group.crs === undefined ? "built-in" : group.crs;
    const title = group.crs === undefined ? "built-in rules" : "CRS level 1";
    for (const mode of ["detect", "block"]) {
      const all = await behind(`proxy, ${title}, ${mode}`, ["--rules", rules, "--mode", mode]);
      group.figure(`CPU, us per GET with its response inspected: ${title}, ${mode}, of which the rules`, all - own);
    }
  } finally {
    await application.stop();
  }
}
