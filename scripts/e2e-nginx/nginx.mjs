// nginx with a configuration of the test, and the application behind it.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { sleep, untilListening } from "../e2e/programs.mjs";

/** Directives around `http { ... }` that let any user run nginx in a folder of its own. */
export function configText({ directory, module, library, http, workers = 1, level = "notice", more = "" }) {
  const temp = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `  ${name}_temp_path ${directory}/temp-${name};`)
    .join("\n");
  const root = process.getuid?.() === 0 ? "user root;\n" : "";
  return `${root}${module === undefined ? "" : `load_module ${module};\n`}${more}worker_processes ${workers};
daemon off;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log ${level};
events { worker_connections 1024; }
http {
${library === undefined ? "" : `  coraza_library ${library};\n`}  default_type application/octet-stream;
  types { text/html html; text/plain txt; image/png png; }
${http.includes("access_log") ? "" : "  access_log off;\n"}${temp}
${http}
}
`;
}

/** `nginx -t` on a configuration: exit code and what it said. */
export function testConfig(directory, text) {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, "test.conf");
  writeFileSync(file, text);
  const { status, stderr } = spawnSync("nginx", ["-t", "-c", file, "-p", directory], { encoding: "utf8" });
  return { status, output: stderr };
}

export class Nginx {
  constructor(directory) {
    this.directory = directory;
    this.file = join(directory, "nginx.conf");
    mkdirSync(directory, { recursive: true });
  }

  /** Starts it and waits for a port. `prefix` is a command to run it under. */
  async start(text, port, prefix = []) {
    writeFileSync(this.file, text);
    const [command, ...args] = [...prefix, "nginx", "-c", this.file, "-p", this.directory];
    this.child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
    this.stderr = "";
    this.child.stderr.on("data", (piece) => (this.stderr += piece));
    this.exited = new Promise((resolve) => this.child.once("exit", resolve));
    await Promise.race([untilListening(port, 60_000), this.exited]);
    if (this.child.exitCode !== null) throw new Error(`nginx ended at once:\n${this.stderr}`);
    await this.untilWorkers(1);
    return this;
  }

  get log() {
    const file = join(this.directory, "error.log");
    return existsSync(file) ? readFileSync(file, "latin1") : "";
  }

  /** Process ids of workers; those that are shutting down do not count. */
  workers() {
    const { stdout } = spawnSync("ps", ["--ppid", String(this.child.pid), "-o", "pid=,args="], { encoding: "utf8" });
    return stdout
      .split("\n")
      .filter((line) => line.includes("worker process") && !line.includes("shutting down"))
      .map((line) => Number.parseInt(line, 10));
  }

  async untilWorkers(count, limitMs = 30_000) {
    for (const end = Date.now() + limitMs; Date.now() < end; await sleep(50)) {
      if (this.workers().length >= count) return;
    }
    throw new Error("nginx has no worker");
  }

  /** Waits for text in the error log. */
  async untilLogged(text, limitMs = 10_000, from = 0) {
    for (const end = Date.now() + limitMs; Date.now() < end; await sleep(25)) {
      if (this.log.slice(from).includes(text)) return;
    }
    throw new Error(`not in the error log: ${text}`);
  }

  signal(name) {
    this.child.kill(name);
  }

  async stop() {
    if (this.child.exitCode === null) this.child.kill("SIGTERM");
    await this.exited;
  }
}

const leak = "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version";

/** An application: echoes, leaks, streams, speaks WebSocket as far as one echoed frame. */
export function startApplication() {
  const server = createServer((request, response) => {
    const pieces = [];
    request.on("data", (piece) => pieces.push(piece));
    request.on("end", () => {
      const body = Buffer.concat(pieces);
      const path = request.url.split("?", 1)[0];
      const html = { "content-type": "text/html" };
      if (path === "/leak") return response.writeHead(200, html).end(`<p>${leak}</p>`);
      if (path === "/leak-header") return response.writeHead(200, { ...html, "x-leak": "1" }).end("<p>ok</p>");
      if (path === "/page") return response.writeHead(200, html).end(`<p>${"page ".repeat(2000)}</p>`);
      if (path === "/big") return response.writeHead(200, html).end(`<p>${"x".repeat(3_000_000)}</p>`);
      if (path === "/missing") return response.writeHead(404, html).end("<p>no such page</p>");
      if (path === "/cut") {
        response.writeHead(200, { ...html, "content-length": "1000" });
        response.write("<p>part");
        return setTimeout(() => response.destroy(), 100);
      }
      if (path === "/events") {
        response.writeHead(200, { "content-type": "text/event-stream" });
        let n = 0;
        const timer = setInterval(() => {
          response.write(`data: ${n++}\n\n`);
          if (n < 5) return;
          clearInterval(timer);
          response.end();
        }, 100);
        return undefined;
      }
      if (path === "/drip") {
        response.writeHead(200, html);
        response.write("<p>first</p>");
        return setTimeout(() => response.end("<p>last</p>"), 3000);
      }
      response.setHeader("content-type", "application/json");
      const sha256 = createHash("sha256").update(body).digest("hex");
      return response.end(JSON.stringify({ url: request.url, bytes: body.length, sha256 }));
    });
  });
  server.on("upgrade", (_request, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
    socket.on("data", (piece) => socket.write(piece));
    socket.on("error", () => socket.destroy());
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () =>
      resolve({ port: server.address().port, stop: () => server.close() || server.closeAllConnections() }),
    );
  });
}
