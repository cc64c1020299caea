// What every end-to-end test needs: programs and ports. A program is stopped by the handle that started it, and on any exit of
// this process.
import { spawn, spawnSync } from "node:child_process";
import { connect, createServer } from "node:net";

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** True when a program of this name is on the path. It is not run. */
export const hasProgram = (name) =>
  spawnSync("sh", ["-c", 'command -v "$1"', "sh", name], { stdio: "ignore" }).status === 0;

/** Installs a Debian package when its program is missing; false when that is impossible. */
export function ensureProgram(name, debian = name) {
  if (hasProgram(name)) return true;
  console.log(`installing ${debian}`);
  const install = () => spawnSync("apt-get", ["install", "-y", debian], { stdio: "ignore" }).status === 0;
  if (!install()) {
    spawnSync("apt-get", ["update"], { stdio: "ignore" });
    install();
  }
  return hasProgram(name);
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
export async function until(condition, what, limitMs = 30_000) {
  for (const end = Date.now() + limitMs; Date.now() < end; await sleep(50)) if (await condition()) return;
  throw new Error(`not within ${limitMs} ms: ${what}`);
}

export const isListening = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true) || socket.destroy());
    socket.once("error", () => resolve(false));
  });

/** Resolves when something accepts connections on the port. */
export const untilListening = (port, limitMs = 90_000) =>
  until(() => isListening(port), `something listens on port ${port}`, limitMs);

const running = new Set();
process.on("exit", () => {
  for (const program of running) program.child.kill("SIGKILL");
});

/** A program whose output is kept. */
export class Program {
  output = "";
  #written = 0;
  constructor(file, args, options = {}) {
    this.child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    running.add(this);
    this.exited = new Promise((resolve) =>
      this.child.once("exit", (code, signal) => running.delete(this) && resolve({ code, signal })),
    );
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on("data", (piece) => {
        this.#written += piece.length;
        this.output = (this.output + piece).slice(-2_000_000);
      });
    }
  }
  /** A place in the output, for {@link since}. */
  get mark() {
    return this.#written;
  }
  /** What was written since then, as far as it is kept. */
  since(mark) {
    return this.output.slice(Math.max(0, this.output.length - (this.#written - mark)));
  }
  get pid() {
    return this.child.pid;
  }
  get hasExited() {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
  signal(name) {
    this.child.kill(name);
  }
  async stop(signal = "SIGTERM") {
    if (!this.hasExited) this.child.kill(signal);
    return this.exited;
  }
}
