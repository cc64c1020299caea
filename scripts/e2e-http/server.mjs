// Starts applications as processes of their own.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** Runs examples/NAME/server.mjs on a free port with the built-in rules; resolves once it listens. */
export function startExample(name, environment = {}) {
  return startServer([process.execPath, `examples/${name}/server.mjs`], { WAF_RULES: "built-in", ...environment });
}

/** Runs a command that prints "listening on URL". */
export async function startServer([program, ...args], environment = {}) {
  const name = args.join(" ");
  const env = { ...process.env, PORT: "0", ...environment };
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
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
  if (port === undefined) throw new Error(`${name} ended before it listened:\n${output}`);
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
