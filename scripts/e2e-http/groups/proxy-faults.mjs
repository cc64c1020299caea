import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { freePort, sleep, until } from "../../e2e/programs.mjs";
import { send, talk, upload } from "../client.mjs";
import { equal } from "../contract.mjs";
import { startApplication, startProxy } from "../proxy/start.mjs";

/** Each fault ends in the stated policy, with a log line and a metric. */
export async function run(group) {
  let application = await startApplication();
  const appPort = application.port;
  const spare = await freePort();
  const config = ["--rules", "built-in", "--upstream", `http://127.0.0.1:${appPort}`, "--workers", "2"];
  const quick = join(group.directory, "quick.yaml");
  const port = await freePort();
  writeFileSync(
    quick,
    `listen: 127.0.0.1:${port}
upstreams:
  app: { servers: http://127.0.0.1:${appPort}, timeouts: { connect: 1s, response_head: 1s, idle: 1s } }
rule_sets: { default: { rules: built-in } }
timeouts: { request_head: 1s, client_idle: 1s, keep_alive: 1s }
`,
  );
  const proxy = await startProxy(["--config", quick], { port });
  const metric = async (line) => (await proxy.metrics()).includes(line);
  try {
    await send(port, "/");
    await group.check("proxy faults", "application slow: 504", async () => {
      equal((await send(port, "/never")).status, 504, "status");
      equal(await metric('kind="timeout"} 1'), true, "metric");
      equal(proxy.log.includes("no answer within 1000 ms"), true, "log line");
    });
    await group.check("proxy faults", "application resets in mid-body: no complete answer", async () => {
      const { status, text } = await send(port, "/reset");
      equal(status, 0, `a broken answer (${text})`);
      equal((await send(port, "/")).status, 200, "the next request");
    });
    await group.check("proxy faults", "slow loris: 408 for heads and bodies", async () => {
      const head = "Host: www.example.com\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\n";
      equal((await talk(port, `GET / HTTP/1.1\r\n${head}`)).slice(9, 12), "408", "head");
      equal(
        (await talk(port, `POST /items HTTP/1.1\r\n${head}Content-Length: 9\r\n\r\nab`)).slice(9, 12),
        "408",
        "body",
      );
    });
    await group.check("proxy faults", "200 slow clients hold up nobody", async () => {
      const slow = Array.from({ length: 200 }, () => {
        const socket = connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: a\r\n"));
        socket.on("error", () => undefined);
        return socket;
      });
      await sleep(200);
      const started = Date.now();
      equal((await send(port, "/")).status, 200, "status");
      const took = Date.now() - started;
      await until(async () => metric("cuirass_proxy_connections 0"), "all are closed", 20_000).catch(() => undefined);
      for (const socket of slow) socket.destroy();
      return `answered in ${took} ms beside them`;
    });
    await group.check("proxy faults", "application down: 502, and it works again when it is back", async () => {
      await application.stop();
      equal((await send(port, "/")).status, 502, "down");
      equal(await metric('kind="connect"}'), true, "metric");
      application = await startApplication(appPort);
      await until(async () => (await send(port, "/")).status === 200, "back");
    });
  } finally {
    await proxy.stop();
  }

  const pool = await startProxy([...config, "--upstream", `http://127.0.0.1:${appPort},http://127.0.0.1:${spare}`]);
  try {
    await group.check("proxy faults", "one of two servers down: no request fails", async () => {
      const answers = [];
      for (let count = 0; count < 20; count++) answers.push((await send(pool.port, "/")).status);
      equal(answers.join(), Array(20).fill(200).join(), "statuses");
    });
    await group.check("proxy faults", "a worker is killed: the others serve on, and it is replaced", async () => {
      const [victim] = pool.pids();
      process.kill(victim, "SIGKILL");
      // What it had accepted is lost with it; what comes once its end is noticed is not.
      await sleep(200);
      const answers = [];
      for (let count = 0; count < 20; count++) answers.push((await send(pool.port, "/")).status);
      equal(answers.filter((status) => status !== 200).length, 0, "failed requests");
      await until(async () => (await pool.metrics()).includes("cuirass_workers 2"), "two workers again");
      equal((await pool.metrics()).includes('cuirass_worker_restarts_total{reason="SIGKILL"} 1'), true, "metric");
      equal(pool.log.includes("worker ended unasked"), true, "log line");
    });
  } finally {
    await pool.stop();
  }
  await fullDisk(group, appPort);
  await application.stop();
}

/** A file system of 1 MB for temporary files. */
async function fullDisk(group, appPort) {
  const directory = join(group.directory, "small");
  mkdirSync(directory);
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", directory]).status !== 0) {
    return group.notRun("proxy faults: disk full", "no file system of a megabyte could be mounted (needs root)");
  }
  const limits = "SecRequestBodyInMemoryLimit 65536\nSecRequestBodyLimit 8000000\nSecRequestBodyNoFilesLimit 8000000";
  try {
    for (const policy of ["block", "pass"]) {
      const proxy = await startProxy(
        [
          ...["--upstream", `http://127.0.0.1:${appPort}`, "--rules", "built-in", "--on-fault", policy],
          ...["--directives-after", limits],
        ],
        { environment: { TMPDIR: directory } },
      );
      try {
        await send(proxy.port, "/");
        await group.check("proxy faults", `disk full, policy ${policy}`, async () => {
          const { status, text } = await upload(proxy.port, "/upload", 4_000_000);
          if (policy === "block") equal(status, 500, "status");
          else equal(`${status} ${text}`, '200 {"bytes":4000000}', "answer");
          equal(
            /cuirass_faults_total\{kind="[^"]+",policy="(\w+)"\} 1/.exec(await proxy.metrics())?.[1],
            policy,
            "metric",
          );
          equal(proxy.log.includes("ENOSPC"), true, "log line");
        });
      } finally {
        await proxy.stop();
      }
    }
  } finally {
    spawnSync("umount", [directory]);
  }
}
