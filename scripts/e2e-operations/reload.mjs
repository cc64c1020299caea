// Rules exchanged under load: no request fails, broken rules are refused, what changed is told.
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { join } from "node:path";
import { freePort, sleep, until } from "../e2e/programs.mjs";
import { equal, metricsOf, startApplication, startCuirass } from "./_processes.mjs";

const token = "operations-test-token";
const rule = (id, word) => `SecRule ARGS:q "@streq ${word}" "id:${id},phase:1,deny,status:403,log,msg:'${word}'"\n`;

export async function run({ root, directory, hasShared, shared, test, skip }) {
  const application = await startApplication();
  const [port, adminPort] = [await freePort(), await freePort()];
  const [url, admin] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${adminPort}`];

  // As Kubernetes mounts a config map: FILE -> ..data/FILE, ..data -> ..VERSION.
  const publish = (version, text) => {
    mkdirSync(join(directory, version));
    writeFileSync(join(directory, version, "own.conf"), text);
    symlinkSync(version, join(directory, "..data_tmp"));
    renameSync(join(directory, "..data_tmp"), join(directory, "..data"));
  };
  const crs = hasShared ? `Include @crs-setup.conf.example\nInclude @owasp_crs/*.conf\n` : "";
  const file = join(directory, "main.conf");
  publish("..v1", rule(190_001, "first"));
  symlinkSync("..data/own.conf", join(directory, "own.conf"));
  writeFileSync(file, `Include @coraza.conf-recommended\nSecRuleEngine On\n${crs}Include ${directory}/own.conf\n`);
  if (!hasShared) skip("reload of the whole CRS", `no data at ${shared}; small rules are used`);

  const proxy = await startCuirass(
    root,
    [
      "proxy",
      "--upstream",
      application.url,
      "--listen",
      `127.0.0.1:${port}`,
      "--admin",
      `127.0.0.1:${adminPort}`,
    ].concat(["--rules", file, "--watch"]),
    { port, environment: { CUIRASS_ADMIN_TOKEN: token } },
  );
  const status = async (word) => (await fetch(`${url}/?q=${word}`)).status;
  const reloads = async (trigger, result) =>
    (await metricsOf(admin)).get(`cuirass_reloads_total{trigger="${trigger}",result="${result}"}`) ?? 0;
  const load = startLoad(port);
  try {
    await test("the rules in force block", async () => {
      equal(await status("first"), 403, "status");
      equal((await fetch(`${admin}/readyz`)).status, 200, "readyz");
    });
    await test("a moved link (config map) brings new rules, under load", async () => {
      publish("..v2", rule(190_002, "second"));
      await until(async () => (await reloads("files", "ok")) === 1, "reloaded");
      equal(await status("second"), 403, "new rule");
      equal(await status("first"), 200, "old rule");
      if (!proxy.output.includes("1 added (190002), 1 removed (190001)")) throw new Error("the change was not logged");
    });
    await test("a broken rule file is refused with its place while traffic goes on", async () => {
      const before = load.answered();
      publish("..v3", `${rule(190_003, "third")}SecRule ARGS "@rx (" "id:190004,phase:1,deny"\n`);
      await until(async () => (await reloads("files", "failed")) === 1, "refused");
      equal(await status("second"), 403, "the last good rules");
      equal(await status("third"), 200, "nothing of the broken file");
      if (!/own\.conf:2/.test(proxy.output)) throw new Error("the log does not name file and line");
      await sleep(300);
      if (load.answered() <= before) throw new Error("traffic stopped");
    });
    await test("SIGHUP reloads, and says what changed", async () => {
      publish("..v4", rule(190_002, "fourth"));
      proxy.signal("SIGHUP");
      await until(async () => (await reloads("signal", "ok")) === 1, "reloaded");
      equal(await status("fourth"), 403, "new text of the rule");
    });
    await test("the admin call reloads for whoever has the token only", async () => {
      await until(async () => (await reloads("files", "ok")) >= 1, "settled");
      writeFileSync(join(directory, "..v4", "own.conf"), rule(190_002, "fifth"));
      equal((await fetch(`${admin}/reload`, { method: "POST" })).status, 401, "without token");
      const response = await fetch(`${admin}/reload`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
      });
      const result = await response.json();
      equal(response.status, 200, "with token");
      // The watch may have been first; then the call finds nothing left to change.
      equal(result.ok, true, "result");
      equal(await status("fifth"), 403, "new rule");
    });
    await test("no request failed during all reloads", async () => {
      const { answered, failures, slowest } = await load.stop();
      if (answered < 100) throw new Error(`only ${answered} requests were answered`);
      if (failures.length > 0) throw new Error(`${failures.length} of ${answered} failed: ${failures[0]}`);
      return `${answered} requests, none failed, the slowest took ${Math.round(slowest)} ms`;
    });
  } finally {
    await load.stop();
    await proxy.stop();
    application.stop();
  }
}

/** Harmless requests one after another on four connections, until stopped. */
function startLoad(port) {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const failures = [];
  let [answered, slowest, stopped] = [0, 0, false];
  const one = (number) =>
    new Promise((resolve) => {
      const started = performance.now();
      get({ host: "127.0.0.1", port, path: `/page/${number}?page=${number}`, agent, headers }, (response) => {
        response.resume();
        response.on("end", () => {
          if (response.statusCode === 200) answered++;
          else failures.push(`status ${response.statusCode}`);
          slowest = Math.max(slowest, performance.now() - started);
          resolve();
        });
      }).on("error", (error) => failures.push(error.message) && resolve());
    });
  const headers = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64)", accept: "text/html" };
  const workers = Array.from({ length: 4 }, async (_, worker) => {
    for (let number = worker; !stopped && failures.length < 10; number += 4) {
      await one(number);
      await sleep(5);
    }
  });
  return {
    answered: () => answered,
    stop: async () => {
      stopped = true;
      await Promise.all(workers);
      agent.destroy();
      return { answered, failures, slowest };
    },
  };
}
