// Starts an example application as a process of its own.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** Runs examples/NAME/server.mjs on a free port; resolves once it listens. `prefix` is a program to run it under (taskset). */
export async function startExample(name, environment = {}, { prefix = [], nodeArgs = [] } = {}) {
  const [program, ...args] = [...prefix, process.execPath, ...nodeArgs, `examples/${name}/server.mjs`];
  const child = spawn(program, args, {
    env: { ...process.env, PORT: "0", WAF_RULES: "built-in", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  let output = "";
  const listening = new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (piece) => {
        output = (output + piece).slice(-200_000);
        const port = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1];
        if (port !== undefined) resolve(Number(port));
      });
    }
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const port = await Promise.race([listening, exited.then(() => undefined)]);
  clearTimeout(timer);
  if (port === undefined) throw new Error(`the example ${name} ended before it listened:\n${output}`);
  return {
    port,
    pid: child.pid,
    output: () => output,
    /** Resident memory in MiB. */
    rssMiB: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))[1]) / 1024,
    /** Processor time used so far, in microseconds. */
    cpuMicros: () => {
      // Fields 14 and 15, counted after the name, in ticks of 10 ms (proc(5)).
      const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1].split(" ");
      return (Number(fields[11]) + Number(fields[12])) * 10_000;
    },
    async stop(signal = "SIGTERM") {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      const forced = setTimeout(() => child.kill("SIGKILL"), 5000);
      await exited;
      clearTimeout(forced);
    },
  };
}
