// Programs of the operations test. Each is stopped by the handle that started it, and on any exit of this process.
import { spawn, spawnSync } from "node:child_process";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer } from "node:net";

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Installs a Debian package when its program is missing; false when that is impossible. */
export function ensureProgram(name, debian = name) {
  const present = () => spawnSync(name, ["--version"], { stdio: "ignore" }).error === undefined;
  if (present()) return true;
  console.log(`installing ${debian}`);
  const install = () => spawnSync("apt-get", ["install", "-y", debian], { stdio: "ignore" }).status === 0;
  if (!install()) {
    spawnSync("apt-get", ["update"], { stdio: "ignore" });
    install();
  }
  return present();
}

/** A port that nobody listens on. */
export function freePort() {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Resolves once `condition` (may be async) holds. */
export async function until(condition, what, limitMs = 20_000) {
  for (const end = Date.now() + limitMs; Date.now() < end; await sleep(50)) if (await condition()) return;
  throw new Error(`after ${limitMs} ms: ${what}`);
}

export const isListening = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true) || socket.destroy());
    socket.once("error", () => resolve(false));
  });

const running = new Set();
process.on("exit", () => {
  for (const program of running) program.child.kill("SIGKILL");
});

/** A program whose output is kept. */
export class Program {
  output = "";
  constructor(file, args, options = {}) {
    this.child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    running.add(this);
    this.exited = new Promise((resolve) =>
      this.child.once("exit", (code, signal) => running.delete(this) && resolve({ code, signal })),
    );
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on("data", (piece) => (this.output = (this.output + piece).slice(-2_000_000)));
    }
  }
  signal(name) {
    this.child.kill(name);
  }
  async stop(signal = "SIGTERM") {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    return this.exited;
  }
}

/** `cuirass ARGS`; resolves once the port accepts connections. */
export async function startCuirass(root, args, { port, environment = {} }) {
  const program = new Program(process.execPath, [`${root}/packages/cli/bin/cuirass.mjs`, ...args], {
    env: { ...process.env, ...environment },
  });
  await Promise.race([until(() => isListening(port), "cuirass listens", 60_000), program.exited]);
  if (program.child.exitCode !== null) throw new Error(`cuirass ended at once:\n${program.output}`);
  return program;
}

/** An application that answers with a short page. */
export function startApplication() {
  const server = createHttpServer((request, response) => {
    request.resume();
    request.on("end", () => response.writeHead(200, { "content-type": "text/html" }).end("<p>hello</p>"));
  });
  server.keepAliveTimeout = 30_000;
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () =>
      resolve({
        url: `http://127.0.0.1:${server.address().port}`,
        stop: () => {
          server.close();
          server.closeAllConnections();
        },
      }),
    );
  });
}

/** Values of the metrics page by series, e.g. `cuirass_reloads_total{trigger="signal",result="ok"}`. */
export async function metricsOf(adminUrl) {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  return new Map(
    text
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
}

export function equal(got, expected, what) {
  if (got !== expected) throw new Error(`${what}: expected ${expected}, got ${got}`);
}
