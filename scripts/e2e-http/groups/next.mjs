// A real Next.js application with our middleware: installed, built and started as its users do.
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { freePort, Program, untilListening } from "../../e2e/programs.mjs";
import { send } from "../client.mjs";

const packages = ["engine", "http", "libinjection", "node", "regex", "rules", "seclang"];
const script = "<script>alert(document.cookie)</script>";
const attack = `q=${encodeURIComponent(script)}`;
const form = { "content-type": "application/x-www-form-urlencoded" };
const MEGABYTE = 1_048_576;

export async function run(group) {
  const folder = join(group.directory, "application");
  const environment = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" };
  const command = async (program, words, cwd = folder) =>
    promisify(execFile)(program, words, { cwd, env: environment, timeout: 600_000, maxBuffer: 1e8 });
  let installed = false;
  await group.check("next", "installs with our packages, and builds", async () => {
    await install(folder, command);
    await command("npm", ["run", "build"]);
    installed = true;
    const { version } = JSON.parse(readFileSync(join(folder, "node_modules/next/package.json"), "utf8"));
    return `Next.js ${version}`;
  });
  if (!installed) return;

  const port = await freePort();
  const next = join(folder, "node_modules/next/dist/bin/next");
  const server = new Program(process.execPath, [next, "start", "-p", String(port), "-H", "127.0.0.1"], {
    cwd: folder,
    env: environment,
  });
  try {
    await Promise.race([untilListening(port), server.exited]);
    if (server.hasExited) throw new Error(`next ended at once:\n${server.output}`);
    await checkRequests(group, port);
    await checkLimits(group, port, server);
  } finally {
    await server.stop();
  }
}

/** The example with the packages of this repository as npm would publish them. */
async function install(folder, command) {
  cpSync("examples/next", folder, { recursive: true, filter: (path) => !/node_modules|\.next/.test(path) });
  const packs = join(folder, "packs");
  mkdirSync(packs);
  await command(
    "npm",
    ["pack", "--silent", "--pack-destination", packs, ...packages.flatMap((name) => ["-w", `@cuirass/${name}`])],
    resolve("."),
  );
  const file = join(folder, "package.json");
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  for (const name of packages) {
    const pack = readdirSync(packs).find((each) => each.startsWith(`cuirass-${name}-`));
    manifest.dependencies[`@cuirass/${name}`] = `file:packs/${pack}`;
  }
  writeFileSync(file, JSON.stringify(manifest));
  await command("npm", ["install", "--no-fund", "--no-audit"]);
}

async function checkRequests(group, port) {
  const status = async (path, options) => (await send(port, path, options)).status;
  const post = (headers, body) => ({ method: "POST", headers, body });
  const rows = [
    ["a page", "/", {}, 200],
    ["a form", "/items", post(form, "q=garden+chairs"), 200],
    ["an attack in the query", `/?${attack}`, {}, 403],
    ["an attack in a path of the build's own files", `/_next/static/x.js?${attack}`, {}, 403],
    ["an attack in a header", "/", { headers: { referer: `http://x/?${attack}` } }, 403],
    ["an attack in a form", "/items", post(form, attack), 403],
    ["an attack in JSON", "/items", post({ "content-type": "application/json" }, JSON.stringify({ q: script })), 403],
    ["an attack in a compressed form", "/items", post({ ...form, "content-encoding": "gzip" }, gzipSync(attack)), 403],
    ["an attack behind five megabytes", "/items", post(form, `a=${"x".repeat(5 * MEGABYTE)}&${attack}`), 403],
  ];
  for (const [what, path, options, expected] of rows) {
    await group.check("next", `${what} is ${expected === 200 ? "let through" : "stopped"}`, async () => {
      const got = await status(path, options);
      if (got !== expected) throw new Error(`expected ${expected}, got ${got}`);
    });
  }
  await group.check("next", "a body that goes on is the one that was inspected", async () => {
    const { text } = await send(port, "/items", post(form, "q=garden+chairs"));
    if (JSON.parse(text).read !== "q=garden+chairs") throw new Error(`the route read ${text}`);
  });
}

/** What the guide says that middleware cannot do: when Next.js changes, so must the guide. */
async function checkLimits(group, port, server) {
  await group.check("next", "responses are not seen: what a route leaks goes out", async () => {
    const { status, text } = await send(port, "/leak");
    if (status !== 200 || !text.includes("SQL syntax")) throw new Error(`answered ${status}: ${text}`);
  });
  await group.check("next", "a body past 10 MB is cut for rules and routes alike", async () => {
    const body = `a=${"x".repeat(11 * MEGABYTE)}&${attack}`;
    const answer = await send(port, "/items", { method: "POST", headers: form, body, timeoutMs: 60_000 });
    const { read } = JSON.parse(answer.text);
    if (read.length > 10 * MEGABYTE || read.includes("script")) throw new Error(`the route read ${read.length} bytes`);
  });
  await group.check("next", "the client's address is what X-Forwarded-For says", async () => {
    await send(port, `/?${attack}`, { headers: { "x-forwarded-for": "192.0.2.7" } });
    if (!server.output.includes("from 192.0.2.7")) throw new Error(`not in the log:\n${server.output.slice(-500)}`);
  });
}
