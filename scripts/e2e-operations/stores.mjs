// Counters shared through a real redis-server: exact over two processes, a stated policy while it is away, recovery.
import { join } from "node:path";
import { ensureProgram, freePort, isListening, Program, sleep, until } from "../e2e/programs.mjs";
import { equal, metricsOf, startApplication, startCuirass } from "./_processes.mjs";

const LIMIT = 100;

export async function run({ root, directory, test, skip }) {
  if (!ensureProgram("redis-server")) return skip("all cases", "redis-server is not installed and cannot be");
  const application = await startApplication();
  const redisPort = await freePort();
  const startRedis = async () => {
    const redis = new Program("redis-server", [
      "--port",
      String(redisPort),
      "--bind",
      "127.0.0.1",
      "--save",
      "",
      "--dir",
      directory,
    ]);
    await until(() => isListening(redisPort), "redis-server listens");
    return redis;
  };
  // The guide's rate limit, and nothing else.
  const recipe = join(root, "docs/guides/examples/rate-limit.conf");
  const startProxy = async (store, more = []) => {
    const [port, adminPort] = [await freePort(), await freePort()];
    const program = await startCuirass(
      root,
      ["proxy", "--upstream", application.url, "--rules", recipe, "--listen", `127.0.0.1:${port}`].concat(
        ["--admin", `127.0.0.1:${adminPort}`, "--store", store],
        more,
      ),
      { port },
    );
    return { program, url: `http://127.0.0.1:${port}`, admin: `http://127.0.0.1:${adminPort}` };
  };
  const status = async ({ url }) => {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.status;
  };
  const statuses = (proxies, count) =>
    Promise.all(Array.from({ length: count }, (_, index) => status(proxies[index % proxies.length])));
  const passed = (list) => list.filter((code) => code === 200).length;

  let redis = await startRedis();
  // A busy machine is no broken server.
  const store = `redis://127.0.0.1:${redisPort}?timeout=5000`;
  const programs = [];
  try {
    const proxies = [await startProxy(store), await startProxy(store)];
    programs.push(...proxies.map(({ program }) => program));

    await test(`two processes share a limit of ${LIMIT}: exactly so many requests pass`, async () => {
      const all = await statuses(proxies, 160);
      const down = proxies.find(({ program }) => program.output.includes("is down"))?.program.output ?? "";
      if (down !== "") throw new Error(`the store failed: ${/collection store is down[^"]*/.exec(down)?.[0]}`);
      equal(passed(all), LIMIT, "requests that passed");
      equal(all.filter((code) => code === 429).length, 160 - LIMIT, "requests that were refused");
    });

    await test("Redis stopped: each process counts by itself, as stated; log and metric say so", async () => {
      await redis.stop("SIGKILL");
      const started = performance.now();
      const all = await statuses([proxies[0]], 150);
      const perRequest = (performance.now() - started) / 150;
      equal(passed(all), LIMIT, "requests that passed in one process alone");
      const values = await metricsOf(proxies[0].admin);
      const refused = values.get('cuirass_store_calls_total{store="redis",result="refused"}') ?? 0;
      if (refused < 50) throw new Error(`only ${refused} calls were refused at once: the circuit did not open`);
      if (!proxies[0].program.output.includes("collection store is down")) throw new Error("the log does not say so");
      return `${perRequest.toFixed(1)} ms a request while it is away`;
    });

    await test("Redis back: shared counting goes on by itself", async () => {
      redis = await startRedis();
      await until(async () => {
        await status(proxies[0]);
        await status(proxies[1]);
        // One that asked nothing while the server was away has nothing to say.
        return proxies.every(
          ({ program: { output } }) =>
            output.includes("collection store works again") || !output.includes("collection store is down"),
        );
      }, "both processes use Redis again");
      // A new server knows nothing: what was counted since then is part of the limit.
      const all = await statuses(proxies, 160);
      const before = (await metricsOf(proxies[0].admin)).get('cuirass_faults_total{kind="port",policy="block"}') ?? 0;
      equal(before, 0, "faults");
      if (passed(all) > LIMIT) throw new Error(`${passed(all)} requests passed`);
      equal(
        (await statuses(proxies, 10)).every((code) => code === 429),
        true,
        "the limit is reached in both",
      );
    });

    await test("with the policy `fault` requests are answered by the fault policy and counted", async () => {
      const strict = await startProxy(store, ["--store-when-down", "fault"]);
      programs.push(strict.program);
      await redis.stop("SIGKILL");
      await sleep(100);
      equal(await status(strict), 500, "status while Redis is away");
      const faults = (await metricsOf(strict.admin)).get('cuirass_faults_total{kind="port",policy="block"}') ?? 0;
      if (faults === 0) throw new Error("no fault was counted");
      redis = await startRedis();
      await until(async () => (await status(strict)) === 200, "requests pass again");
    });

    await test("on disk: counters outlive the process", async () => {
      const address = `file://${directory}/collections`;
      const first = await startProxy(address);
      equal(passed(await statuses([first], 60)), 60, "requests before the restart");
      await first.program.stop();
      const second = await startProxy(address);
      programs.push(second.program);
      equal(passed(await statuses([second], 60)), LIMIT - 60, "requests after it");
    });
  } finally {
    for (const program of programs) await program.stop();
    await redis.stop();
    application.stop();
  }
}
