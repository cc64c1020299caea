import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { createHttpWaf } from "@cuirass/http";
import { protectServer } from "@cuirass/http/node-http";
import { sleep } from "../../e2e/programs.mjs";
import { send, talk, upload } from "../client.mjs";
import { equal } from "../contract.mjs";
import { startExample } from "../server.mjs";

const script = "%3Cscript%3Ealert(document.cookie)%3C/script%3E";
const head = "Host: www.example.com\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\n";

/** What goes wrong, and the policy in which it has to end. */
export async function run(group) {
  const check = (name, work) => group.check("faults", name, work);
  await check("slow loris in the head: others are served, the slow ones are closed", slowHeads);
  await check("slow loris in a body: others are served, the slow ones end with 408 and are cleaned up", slowBodies);
  await check("clients that go away mid-body are cleaned up", aborts);
  await check(
    "a worker that is killed: 503 until another has its place, and no attack passes meanwhile",
    killedWorkers,
  );
  await check("a full queue: 503, or a pass where the policy says so", fullQueue);
  const disk = join(group.directory, "disk");
  mkdirSync(disk);
  const mounted = spawnSync("/bin/mount", ["-t", "tmpfs", "-o", "size=300k", "tmpfs", disk]).status === 0;
  if (!mounted) return group.notRun("faults: disk full", "a small file system could not be mounted (needs root)");
  try {
    await check("disk full for temporary files: 500, and the server goes on", () => fullDisk(disk));
  } finally {
    spawnSync("/bin/umount", [disk]);
  }
}

/** A protected server that answers with the length of the body. */
async function start(options = {}) {
  const ended = [];
  const faults = [];
  const waf = createHttpWaf({
    rules: "built-in",
    hooks: {
      decision: (decision, _request, status) => ended.push(status),
      fault: (message) => faults.push(message),
      blocked: () => undefined,
    },
    ...options,
  });
  await waf.ready();
  const timeouts = { headersTimeout: 1000, requestTimeout: 1500, connectionsCheckingInterval: 200 };
  const server = createServer(timeouts, (request, response) => {
    let bytes = 0;
    request.on("data", (piece) => (bytes += piece.length));
    request.on("end", () => response.end(String(bytes)));
  });
  protectServer(server, waf);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  for (const path of ["/", `/?q=${script}`]) await send(port, path);
  ended.length = 0;
  return {
    port,
    ended,
    faults,
    async stop() {
      server.closeAllConnections();
      server.close();
      await waf.close();
    },
  };
}

async function slowHeads() {
  const { port, stop } = await start();
  const slow = Array.from({ length: 50 }, async () => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.resume();
    const timer = setInterval(() => socket.write("X-A: 1\r\n"), 100);
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n");
    await closed;
    clearInterval(timer);
  });
  equal((await send(port, "/")).status, 200, "a quick client meanwhile");
  await Promise.race([Promise.all(slow), sleep(10_000).then(() => Promise.reject(new Error("still open")))]);
  await stop();
}

async function slowBodies() {
  const { port, ended, stop } = await start();
  const slow = Array.from({ length: 20 }, () =>
    talk(port, `POST / HTTP/1.1\r\n${head}Content-Type: text/plain\r\nContent-Length: 1000\r\n\r\nabc`),
  );
  equal((await send(port, "/")).status, 200, "a quick client meanwhile");
  const answers = await Promise.all(slow);
  equal(answers.filter((text) => text.startsWith("HTTP/1.1 408")).length, 20, "answers of 408");
  await sleep(200);
  equal(ended.length, 21, "exchanges that have ended");
  await stop();
}

async function aborts() {
  const { port, ended, stop } = await start();
  for (let round = 0; round < 50; round++) {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    // Half of them after the body has moved to a temporary file.
    const body = "x".repeat(round % 2 === 0 ? 10 : 200_000);
    socket.write(`POST / HTTP/1.1\r\n${head}Content-Type: text/plain\r\nContent-Length: 300000\r\n\r\n${body}`);
    await sleep(10);
    socket.destroy();
  }
  for (let waited = 0; ended.length < 50 && waited < 5000; waited += 50) await sleep(50);
  equal(ended.filter((status) => status === 0).length, 50, "exchanges that ended without an answer");
  equal((await send(port, "/")).status, 200, "the next request");
  await stop();
}

async function killedWorkers() {
  const workers = [];
  let started = 0;
  const note = (worker) => {
    started++;
    workers.push(worker);
    worker.once("exit", () => workers.splice(workers.indexOf(worker), 1));
  };
  process.on("worker", note);
  const { port, faults, stop } = await start({ workers: 2 });
  const statuses = { benign: {}, attack: {} };
  let going = true;
  const clients = Array.from({ length: 4 }, async (_, client) => {
    for (let turn = 0; going; turn++) {
      const kind = turn % 3 === 0 ? "attack" : "benign";
      const { status } = await send(
        port,
        kind === "attack" ? `/?q=${script}&n=${client}.${turn}` : `/?n=${client}.${turn}`,
      );
      statuses[kind][status] = (statuses[kind][status] ?? 0) + 1;
    }
  });
  // The oldest is the one that has loaded its rules and has exchanges.
  for (let round = 0; round < 10 && (round < 3 || faults.length === 0); round++) {
    await sleep(400);
    await workers[0].terminate();
  }
  await sleep(2500);
  going = false;
  await Promise.all(clients);
  equal((await send(port, "/")).status, 200, "afterwards");
  process.off("worker", note);
  await stop();
  const wrong = [
    ...Object.keys(statuses.attack).filter((status) => !["403", "503"].includes(status)),
    ...Object.keys(statuses.benign).filter((status) => !["200", "503"].includes(status)),
  ];
  equal(wrong.join(), "", "answers that no policy states");
  if (faults.length === 0 || started < 5) throw new Error("no worker was lost or replaced");
  return `benign ${JSON.stringify(statuses.benign)}, attacks ${JSON.stringify(statuses.attack)}`;
}

async function fullQueue() {
  const burst = async (options) => {
    const { port, stop } = await start({ workers: 1, queueLimit: 2, ...options });
    const all = await Promise.all(Array.from({ length: 60 }, (_, n) => send(port, `/?n=${n}`)));
    await stop();
    return [...new Set(all.map(({ status }) => status))].toSorted().join();
  };
  equal(await burst({}), "200,503", "block");
  equal(await burst({ onFault: "pass" }), "200", "pass");
}

async function fullDisk(disk) {
  const app = await startExample("node-http", { TMPDIR: disk });
  try {
    equal((await upload(app.port, "/items", 900_000)).status, 500, "a body that does not fit");
    equal((await send(app.port, "/")).status, 200, "the next request");
    equal((await upload(app.port, "/upload", 200_000)).status, 200, "a body that fits, afterwards");
    if (!app.output().includes("ENOSPC")) throw new Error(`no line about the disk: ${app.output().slice(-500)}`);
  } finally {
    await app.stop();
  }
}
