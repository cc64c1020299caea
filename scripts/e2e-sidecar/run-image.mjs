// Starts what the Dockerfile made: as its user, on a read-only root, with /tmp and the log volume writable.
import { spawnSync } from "node:child_process";
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureProgram, freePort, Program, sleep, until, untilListening } from "../e2e/programs.mjs";
import { send } from "../e2e-haproxy/client.mjs";
import { startApplication } from "../e2e-haproxy/processes.mjs";

const attack = "/?q=%3Cscript%3Ealert(1)%3C/script%3E";
/** Scores for an unusual media type, which is not on the list. */
const oddity = { method: "POST", headers: { "content-type": "application/x-oddity" }, body: "a=1" };

export async function runImage({ image, directory, run, figures }) {
  const logs = join(directory, "logs");
  mkdirSync(logs);
  chownSync(logs, 65_532, 65_532);
  const agentPort = await freePort();
  const metricsPort = await freePort();
  const configuration = join(directory, "etc");
  cpSync("deploy/sidecar", configuration, { recursive: true });
  const config = readFileSync(join(configuration, "config.yaml"), "utf8");
  // The port is taken by others here; a busy machine needs more time than a verdict should.
  const edited = config
    .replace("0.0.0.0:9000", `127.0.0.1:${agentPort}`)
    .replace("deadline_ms: 450", "deadline_ms: 5000");
  writeFileSync(join(configuration, "config.yaml"), edited);
  const words = image.command.map((word) => (word === "0.0.0.0:9100" ? `127.0.0.1:${metricsPort}` : word));
  const inside = (command) => [
    "--mount",
    "--propagation=private",
    "/bin/sh",
    "-ec",
    `mount --bind ${image.root} ${image.root}
     mount --bind ${logs} ${image.root}/var/log/coraza
     mount --bind ${configuration} ${image.root}/etc/cuirass
     mount -t proc proc ${image.root}/proc
     mkdir -p ${image.root}/dev && mount --rbind /dev ${image.root}/dev
     mkdir -p ${image.root}/tmp && mount -t tmpfs tmpfs ${image.root}/tmp
     mount -o remount,bind,ro ${image.root}
     exec chroot --userspec=${image.user} --groups= ${image.root} "$@"`,
    "sh",
    ...command,
  ];
  const environment = { ...image.environment, PATH: "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/" };
  const start = async () => {
    const program = new Program("unshare", inside([...image.entrypoint, ...words]), { env: environment });
    await Promise.race([untilListening(agentPort), program.exited]);
    if (program.hasExited) throw new Error(`it ended at once: ${program.output}`);
    return program;
  };
  let agent;
  await run("it starts as 65532 on a read-only root", async () => {
    agent = await start();
    const status = readFileSync(`/proc/${agent.pid}/status`, "utf8");
    if (!/^Uid:\s+65532\s+65532/m.test(status)) throw new Error(`it runs as ${/^Uid:.*/m.exec(status)[0]}`);
    const loaded = /"rules":(\d+),"rule_set":"([^"]+)","engine":"(\w+)"/.exec(agent.output);
    if (loaded?.[3] !== "DetectionOnly") throw new Error(agent.output.slice(0, 2000));
    return `${loaded[2]}, ${loaded[1]} rules, ${loaded[3]}`;
  });
  if (agent === undefined) return;
  await run("the health check says so, and not when nothing answers", async () => {
    const check = () => spawnSync("unshare", inside(image.healthcheck), { env: environment }).status;
    if (check() !== 0) throw new Error("it says that a healthy agent is not");
    const ready = await fetch(`http://127.0.0.1:${metricsPort}/readyz`);
    if (ready.status !== 200) throw new Error(`/readyz answers ${ready.status}`);
    agent.signal("SIGSTOP");
    const frozen = check();
    agent.signal("SIGCONT");
    if (frozen === 0) throw new Error("it says that a frozen agent is healthy");
  });

  if (ensureProgram("haproxy")) {
    const application = await startApplication();
    const listen = await freePort();
    const spoe = join(configuration, "coraza-spoe.cfg");
    writeFileSync(spoe, readFileSync(spoe, "utf8").replaceAll(/timeout (hello|processing) 500ms/g, "timeout $1 6s"));
    const haproxy = new Program("haproxy", ["-f", "haproxy.cfg"], {
      cwd: configuration,
      env: {
        ...process.env,
        WAF_LISTEN: `127.0.0.1:${listen}`,
        WAF_APPLICATION: `127.0.0.1:${application.port}`,
        CUIRASS_AGENT: `127.0.0.1:${agentPort}`,
      },
    });
    await untilListening(listen);
    // HAProxy lets traffic pass until its own check has found the agent.
    const inspected = async () => {
      await send(listen, "/?q=tea");
      const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      return /^cuirass_transactions_total\{.*\} [1-9]/m.test(metrics);
    };
    await run("HAProxy finds the agent", () => until(inspected, "a request of HAProxy reaches the agent"));
    await run("behind HAProxy: listed rules block, others only detect", async () => {
      const clean = await send(listen, "/?q=tea");
      const blocked = await send(listen, attack);
      const detected = await send(listen, "/form", oddity);
      if (clean.status !== 200 || blocked.status !== 403 || detected.status !== 200)
        throw new Error(`clean ${clean.status}, attack ${blocked.status}, oddity ${detected.status}`);
    });
    await run("each is a line in the audit log of the volume", async () => {
      const path = join(logs, "audit.log");
      const lines = () => (existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : []);
      await until(() => lines().length >= 2, "two entries");
      const entries = lines().map((line) => JSON.parse(line));
      if (entries.length !== 2) throw new Error(`${entries.length} entries instead of 2`);
      if (statSync(path).uid !== 65_532) throw new Error("the file belongs to someone else");
    });
    await run("a change of overrides.conf is taken up", async () => {
      const file = join(configuration, "overrides.conf");
      writeFileSync(file, readFileSync(file, "utf8").replace("SecRuleEngine DetectionOnly", "SecRuleEngine On"));
      await until(() => agent.output.includes("successfully reloaded"), "it reloads", 60_000);
      const { status } = await send(listen, "/form", oddity);
      if (status !== 403) throw new Error(`expected 403, got ${status}`);
    });
    await run("while the sidecar is gone traffic passes", async () => {
      const { code } = await agent.stop("SIGTERM");
      if (code !== 0) throw new Error(`exit code ${code}`);
      const { status } = await send(listen, attack);
      if (status !== 200) throw new Error(`expected 200, got ${status}`);
      return "exit code 0";
    });
    await haproxy.stop();
    application.stop();
  } else await agent.stop();

  await run("a log folder that belongs to someone else is said, and stops nothing", async () => {
    chownSync(logs, 0, 0);
    spawnSync("rm", ["-f", join(logs, "audit.log")]);
    agent = await start();
    await sleep(500);
    figures["agent rss MB after start"] = Math.round(
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${agent.pid}/status`, "utf8"))[1]) / 1000,
    );
    const { code } = await agent.stop("SIGTERM");
    if (code !== 0) throw new Error(`exit code ${code}: ${agent.output.slice(-1000)}`);
  });
}
