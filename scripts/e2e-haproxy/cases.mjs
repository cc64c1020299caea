// What the agent and the shipped HAProxy configurations must do, case by case. A case returns nothing, or throws.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { sleep, untilListening } from "../e2e/programs.mjs";
import { send, sendPieces } from "./client.mjs";
import { deployFolder, startAgent, startHaproxy } from "./processes.mjs";

/** Applications: the CRS with responses, and small ones for actions that the CRS does not take. */
export const agentConfig = (port, more = "") => `bind: 127.0.0.1:${port}
log_level: info
log_file: /dev/stdout
log_format: json
default_application: default
workers: 2
deadline_ms: 7500
applications:
  - name: default
    log_format: json
    response_check: true
    transaction_ttl_ms: 5000
    directives: |
      Include @coraza.conf-recommended
      SecAuditEngine Off
      SecRequestBodyLimit 1000000
      SecRequestBodyNoFilesLimit 1000000
      Include @crs-setup.conf.example
      Include @owasp_crs/*.conf
      SecRuleEngine On
      SecResponseBodyAccess On
      SecRule REQUEST_FILENAME "@streq /moved" "id:190001,phase:1,redirect:'https://example.com/new',status:302,log,msg:'moved'"
      SecRule REQUEST_FILENAME "@streq /dropped" "id:190002,phase:1,drop,log,msg:'dropped'"
${more}
  - name: detect
    log_format: json
    response_check: true
    transaction_ttl_ms: 5000
    directives: |
      Include @coraza.conf-recommended
      SecAuditEngine Off
      Include @crs-setup.conf.example
      Include @owasp_crs/*.conf
      SecResponseBodyAccess On
`;

const attack = "/?q=%3Cscript%3Ealert(1)%3C/script%3E";
const evil = "<script>alert(document.cookie)</script>";
const form = { "content-type": "application/x-www-form-urlencoded" };

function equal(got, expected, what) {
  if (got !== expected) throw new Error(`${what}: expected ${expected}, got ${got}`);
}

/** Counts of workers may be late by a tenth of a second. */
async function untilMetric(agent, series, expected) {
  for (let waited = 0; waited < 2000 && (await agent.metric(series)) !== expected; waited += 50) await sleep(50);
  equal(await agent.metric(series), expected, series);
}

/** HAProxy notices by its health checks, every two seconds, that an agent is back. */
async function untilStatus(port, status, what, path = "/a") {
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(250)) {
    if ((await send(port, path)).status === status) return;
  }
  equal((await send(port, path)).status, status, what);
}

/** The shipped limit suits one machine for one purpose; this one may be busy with others. */
const patient = (text) => text.replaceAll(/(timeout (?:processing|hello)) 2s/g, "$1 8s");

/** The application is chosen by a header, as a test can set it. */
const byHeader = (text) => text.replace("str(default)", "req.hdr(x-app)");

/** Runs all cases; `report(name, ok, detail)` gets each result. */
export async function runCases({ directory, ports, application, only, report }) {
  const run = async (name, work) => {
    if (only !== undefined && !only.includes(name)) return;
    const started = performance.now();
    try {
      const detail = (await work()) ?? "";
      report(name, true, `${detail}${detail === "" ? "" : ", "}${Math.round(performance.now() - started)} ms`);
    } catch (error) {
      report(name, false, error.message);
    }
  };
  const directoryOf = (name) => {
    const path = join(directory, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  const agentOptions = {
    directory: directoryOf("agent"),
    config: agentConfig(ports.agent),
    port: ports.agent,
    metricsPort: ports.metrics,
    args: ["-autoreload"],
  };
  let agent = await startAgent(agentOptions);
  const start = (name, listen, more = {}) =>
    startHaproxy({
      directory: directoryOf(`${name}-${listen}`),
      name: `${name}.cfg`,
      listen,
      application,
      agentPort: ports.agent,
      edit: byHeader,
      editSpoe: patient,
      ...more,
    });
  const closed = await start("requests-and-responses-fail-closed", ports.closed);
  const open = await start("requests-and-responses-fail-open", ports.open);
  const background = await start("requests-and-responses-fail-closed", ports.background, {
    editSpoe: (text) => patient(text).replace("detect-only=bool(false)", "detect-only=bool(true)"),
    // Answers to detect-only responses carry no variables.
    edit: (text) => byHeader(text).replace(/^.*waf-error response.*rules_hit.*$/m, ""),
  });
  await sleep(1500);

  await run("all shipped configurations pass haproxy -c", async () => {
    const folder = deployFolder();
    const files = readdirSync(folder).filter((name) => name !== "coraza-spoe.cfg");
    for (const file of files) {
      const { status, stderr } = spawnSync("haproxy", ["-c", "-f", file], { cwd: folder, encoding: "utf8" });
      if (status !== 0 || /warning/i.test(stderr)) throw new Error(`${file}: ${stderr}`);
    }
    return `${files.length} of ${basename(folder)}`;
  });
  await run("benign request and response", async () => {
    const { status, text } = await send(ports.closed, "/hello?name=anna");
    equal(status, 200, "status");
    equal(JSON.parse(text).url, "/hello?name=anna", "what the application got");
  });
  await run("blocked request: deny", async () => {
    const { status, headers } = await send(ports.closed, attack);
    equal(status, 403, "status");
    equal(headers["waf-block"], "request", "header waf-block");
  });
  await run("blocked request: redirect", async () => {
    const { status, headers } = await send(ports.closed, "/moved");
    equal(status, 302, "status");
    equal(headers.location, "https://example.com/new", "target");
  });
  await run("blocked request: drop", async () => {
    equal((await send(ports.closed, "/dropped", { timeoutMs: 1500, agent: undefined })).status, 0, "status");
  });
  await run("blocked response", async () => {
    equal((await send(ports.closed, "/leak")).status, 403, "status");
    equal((await send(ports.open, "/leak")).status, 403, "status, fail-open");
  });
  await run("response in two parts", async () => {
    equal((await send(ports.closed, "/slow")).status, 403, "status");
  });
  await run("detect-only application", async () => {
    const before = agent.mark;
    equal((await send(ports.closed, attack, { headers: { "x-app": "detect" } })).status, 200, "status");
    await sleep(200);
    if (!agent.since(before).includes('"rule_id":949110')) throw new Error("rule 949110 is not in the log");
  });
  await run("detect-only responses", async () => {
    const before = agent.mark;
    equal((await send(ports.background, "/leak")).status, 200, "status");
    await sleep(500);
    if (!agent.since(before).includes('"rule_id":951230')) throw new Error("rule 951230 is not in the log");
  });
  await run("body up to the frame limit", async () => {
    const benign = `a=${"b".repeat(60_000)}`;
    const post = (body) => send(ports.closed, "/form", { method: "POST", headers: form, body });
    equal((await post(benign)).status, 200, "benign");
    equal((await post(`${benign}&q=${encodeURIComponent(evil)}`)).status, 403, "attack in the last bytes");
  });
  await run("body sent slowly", async () => {
    const body = `q=${encodeURIComponent(evil)}`;
    const head = `POST /form HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: e2e\r\nAccept: */*\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n`;
    equal(await sendPieces(ports.closed, [head, body.slice(0, 5), body.slice(5)]), 403, "status");
  });
  await run("oversize body, fail-closed", async () => {
    const body = `a=${"b".repeat(90_000)}`;
    equal((await send(ports.closed, "/form", { method: "POST", headers: form, body })).status, 413, "status");
  });
  await run("oversize body, fail-open: the part that came is inspected and counted", async () => {
    const series = 'cuirass_spoa_truncated_bodies_total{app="default",direction="request"}';
    const before = await agent.metric(series);
    const benign = `a=${"b".repeat(90_000)}`;
    equal((await send(ports.open, "/form", { method: "POST", headers: form, body: benign })).status, 200, "benign");
    const bad = `q=${encodeURIComponent(evil)}&${benign}`;
    equal((await send(ports.open, "/form", { method: "POST", headers: form, body: bad })).status, 403, "attack");
    await untilMetric(agent, series, before + 2);
  });
  await run("200 concurrent connections", async () => {
    const { mark } = closed;
    const clients = Array.from({ length: 200 }, async (_, client) => {
      const counts = {};
      for (let turn = 0; turn < 5; turn++) {
        const bad = (client + turn) % 5 === 0;
        const { status } = await send(ports.closed, bad ? `${attack}&n=${client}` : `/page?n=${client}.${turn}`);
        if (status !== (bad ? 403 : 200)) counts[status] = (counts[status] ?? 0) + 1;
      }
      return counts;
    });
    const wrong = {};
    for (const counts of await Promise.all(clients))
      for (const [status, n] of Object.entries(counts)) wrong[status] = (wrong[status] ?? 0) + n;
    if (Object.keys(wrong).length > 0) {
      const errors = [...closed.since(mark).matchAll(/ 503 .*error:(\S+)/g)].map(([, value]) => value);
      throw new Error(`unexpected answers: ${JSON.stringify(wrong)}, errors: ${errors.join(" ")}`);
    }
    return "1000 requests, 0 unexpected";
  });
  await run("reload under load", async () => {
    let requests = 0;
    const wrong = {};
    let going = true;
    const clients = Array.from({ length: 8 }, async (_, client) => {
      for (let turn = 0; going; turn++) {
        const bad = turn % 10 === 0;
        const { status } = await send(ports.closed, bad ? attack : `/page?n=${client}.${turn}`);
        requests++;
        if (status !== (bad ? 403 : 200)) wrong[status] = (wrong[status] ?? 0) + 1;
        await sleep(20);
      }
    });
    const file = join(agentOptions.directory, "config.yaml");
    const rule = '      SecRule REQUEST_FILENAME "@streq /fresh" "id:190003,phase:1,deny,status:403,log,msg:\'fresh\'"';
    const untilLogged = async (text) => {
      const mark = agent.mark;
      for (let waited = 0; !agent.since(mark).includes(text); waited += 100) {
        if (waited > 60_000) throw new Error(`the agent did not say "${text}" within a minute`);
        await sleep(100);
      }
    };
    writeFileSync(file, agentConfig(ports.agent, rule));
    const reloaded = untilLogged("Configuration successfully reloaded");
    agent.signal("SIGHUP");
    await reloaded;
    equal((await send(ports.closed, "/fresh")).status, 403, "the new rule");
    writeFileSync(file, agentConfig(ports.agent, "      SecRule BROKEN"));
    await untilLogged("using old configuration");
    equal((await send(ports.closed, "/fresh")).status, 403, "the last good rules after a broken change");
    going = false;
    await Promise.all(clients);
    writeFileSync(file, agentConfig(ports.agent, rule));
    if (Object.keys(wrong).length > 0) throw new Error(`unexpected answers: ${JSON.stringify(wrong)} of ${requests}`);
    return `${requests} requests, 0 failed`;
  });
  await run("agent frozen: the processing timeout decides", async () => {
    agent.signal("SIGSTOP");
    const [first, second] = await Promise.all([send(ports.closed, "/a"), send(ports.open, "/a")]);
    agent.signal("SIGCONT");
    equal(first.status, 503, "fail-closed");
    equal(second.status, 200, "fail-open");
    equal(JSON.parse(second.text).wafStatus, "bypass", "x-waf-status, fail-open");
    await untilStatus(ports.closed, 200, "afterwards");
  });
  await run("agent killed and restarted", async () => {
    await agent.stop("SIGKILL");
    equal((await send(ports.closed, "/a")).status, 503, "fail-closed, agent dead");
    const passed = await send(ports.open, attack);
    equal(passed.status, 200, "fail-open, agent dead");
    equal(JSON.parse(passed.text).wafStatus, "bypass", "x-waf-status, fail-open");
    agent = await startAgent({ ...agentOptions, config: agentConfig(ports.agent) });
    await untilStatus(ports.closed, 200, "fail-closed, agent back");
    equal((await send(ports.closed, attack)).status, 403, "fail-closed, attack");
    await untilStatus(ports.open, 403, "fail-open, attack", attack);
  });
  await run("agent stops in order", async () => {
    const { code } = await agent.stop("SIGTERM");
    equal(code, 0, "exit code");
    agent = await startAgent({ ...agentOptions, config: agentConfig(ports.agent) });
    await untilListening(ports.agent);
  });

  await Promise.all([agent.stop(), closed.stop(), open.stop(), background.stop()]);
}
