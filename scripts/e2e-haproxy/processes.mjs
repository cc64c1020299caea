// Processes of the HAProxy end-to-end test: back end, agent, HAProxy. Each is stopped by the handle that started it.
import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Program, untilListening } from "../e2e/programs.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Version of the haproxy on the path. */
export const haproxyVersion = () =>
  /version (\S+)/.exec(spawnSync("haproxy", ["-v"], { encoding: "utf8" }).stdout ?? "")?.[1] ?? "";

/** Folder of the configurations for the installed version. */
export function deployFolder() {
  const [major, minor] = haproxyVersion().split(".").map(Number);
  return join(root, "deploy/haproxy", major > 3 || (major === 3 && minor >= 1) ? "3.1" : "2.6");
}

const command = join(root, "packages/haproxy/bin/cuirass-spoa.mjs");

/** Prefix that pins a program to a core, or none. */
const pinned = (core, file, args) =>
  core === undefined ? [file, args] : ["taskset", ["-c", String(core), file, ...args]];

/** The agent with a configuration text; resolves once it listens. */
export async function startAgent({
  directory,
  config,
  port,
  metricsPort,
  core,
  args = [],
  nodeArgs = ["--max-semi-space-size=32"],
  environment = {},
}) {
  const file = join(directory, "config.yaml");
  if (config !== undefined) writeFileSync(file, config);
  const flags = ["-config", file, "-metrics-addr", `127.0.0.1:${metricsPort}`, ...args];
  const [program, words] = pinned(core, process.execPath, [...nodeArgs, command, ...flags]);
  const agent = new Program(program, words, { env: { ...process.env, ...environment } });
  await Promise.race([untilListening(port), agent.exited]);
  if (agent.child.exitCode !== null) throw new Error(`the agent ended at once:\n${agent.output}`);
  agent.metrics = async () => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  agent.metric = async (series) =>
    Number(
      new RegExp(`^${series.replace(/[{}"[\]().*+?]/g, "\\$&")} (.+)$`, "m").exec(await agent.metrics())?.[1] ?? 0,
    );
  return agent;
}

/** HAProxy with a configuration of deploy/haproxy; `edit` changes its text. */
export async function startHaproxy({
  directory,
  name,
  listen,
  application,
  agentPort,
  core,
  edit = (text) => text,
  editSpoe = (text) => text,
}) {
  const deploy = deployFolder();
  cpSync(deploy, directory, { recursive: true });
  writeFileSync(join(directory, name), edit(readFileSync(join(deploy, name), "utf8")));
  writeFileSync(join(directory, "coraza-spoe.cfg"), editSpoe(readFileSync(join(deploy, "coraza-spoe.cfg"), "utf8")));
  const [program, words] = pinned(core, "haproxy", ["-f", name]);
  const haproxy = new Program(program, words, {
    cwd: directory,
    env: {
      ...process.env,
      WAF_LISTEN: `127.0.0.1:${listen}`,
      WAF_APPLICATION: `127.0.0.1:${application}`,
      WAF_AGENT: `127.0.0.1:${agentPort}`,
    },
  });
  await Promise.race([untilListening(listen), haproxy.exited]);
  if (haproxy.child.exitCode !== null) throw new Error(`HAProxy ended at once:\n${haproxy.output}`);
  return haproxy;
}

/** An application: echoes what it got; /leak answers with a database error, /slow in two parts. */
export function startApplication() {
  const server = createServer((request, response) => {
    const pieces = [];
    request.on("data", (piece) => pieces.push(piece));
    request.on("end", () => {
      const path = request.url.split("?", 1)[0];
      const leak =
        "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version";
      if (path === "/leak")
        return response
          .setHeader("content-type", "text/html")
          .end(`<p>${leak} ORA-00942: table or view does not exist</p>`);
      if (path === "/slow") {
        response.writeHead(200, { "content-type": "text/html" });
        response.write("<p>first</p>");
        setTimeout(() => response.end(`<p>${leak} ORA-00942: table or view does not exist</p>`), 150);
        return;
      }
      const body = Buffer.concat(pieces);
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({ url: request.url, bytes: body.length, wafStatus: request.headers["x-waf-status"] ?? "" }),
      );
    });
  });
  server.keepAliveTimeout = 30_000;
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () =>
      resolve({ port: server.address().port, stop: () => server.close() || server.closeAllConnections() }),
    );
  });
}
