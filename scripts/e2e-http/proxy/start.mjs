// Starts the proxy as a process of its own, in front of an application that is another.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { freePort, sleep } from "../../e2e/programs.mjs";
import { startServer } from "../server.mjs";

/** The unprotected application. */
export const startApplication = (port = 0, pin = []) =>
  startServer([...pin, process.execPath, "scripts/e2e-http/proxy/application.mjs"], { PORT: String(port) });

/**
 * `cuirass proxy` with these arguments; resolves once it serves. `pids` are the processes that serve, `metrics()` the text
 * of its metrics, `log` all it has written.
 */
export async function startProxy(args, { port, pin = [], environment = {} } = {}) {
  const listen = port ?? (await freePort());
  const admin = await freePort();
  const words = ["packages/cli/bin/cuirass.mjs", "proxy", "--admin", `127.0.0.1:${admin}`, ...args];
  if (!args.includes("--config")) words.push("--listen", `127.0.0.1:${listen}`);
  const [program, ...rest] = [...pin, process.execPath, ...words];
  const child = spawn(program, rest, { env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  const proxy = { port: listen, admin, log: "", exited: new Promise((resolve) => child.once("exit", resolve)) };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (piece) => (proxy.log = (proxy.log + piece).slice(-1_000_000)));
  }
  const get = (path) => fetch(`http://127.0.0.1:${admin}${path}`);
  for (let tries = 0; ; tries++) {
    const ready = await get("/readyz").then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) break;
    if (child.exitCode !== null || tries > 600) throw new Error(`the proxy did not start:\n${proxy.log}`);
    await sleep(100);
  }
  const children = () =>
    readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  const pids = () => (children().length > 0 ? children() : [child.pid]);
  const status = (pid) => readFileSync(`/proc/${pid}/status`, "utf8");
  return Object.assign(proxy, {
    pid: child.pid,
    pids,
    metrics: async () => (await get("/metrics")).text(),
    rssMiB: () => pids().reduce((sum, pid) => sum + Number(/VmRSS:\s+(\d+)/.exec(status(pid))[1]) / 1024, 0),
    /** Processor time used so far, in microseconds. Fields 14 and 15 of proc(5), in ticks of 10 ms. */
    cpuMicros: () =>
      pids().reduce((sum, pid) => {
        const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
        return sum + (Number(fields[11]) + Number(fields[12])) * 10_000;
      }, 0),
    signal: (name) => child.kill(name),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      const forced = setTimeout(() => child.kill("SIGKILL"), 8000);
      await proxy.exited;
      clearTimeout(forced);
    },
  });
}
