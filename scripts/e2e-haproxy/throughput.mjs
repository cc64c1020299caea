// Throughput: wrk and the application on one core, HAProxy and the agent on the other; every request is unique.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Program, sleep, untilListening } from "../e2e/programs.mjs";
import { startAgent, startHaproxy } from "./processes.mjs";

const CRS = `      Include @coraza.conf-recommended
      SecAuditEngine Off
      Include @crs-setup.conf.example
      Include @owasp_crs/*.conf
      SecRuleEngine On
      SecRequestBodyAccess On
      SecResponseBodyAccess On
      SecResponseBodyMimeType text/plain text/html text/xml
`;

/** One rule that nothing matches: what is left is the agent's own share of a request. */
const ONE_RULE = `      SecRuleEngine On
      SecRequestBodyAccess On
      SecRule ARGS "@contains evil" "id:1,phase:2,deny"
`;

const config = (port, responses, rules) => `bind: 127.0.0.1:${port}
log_level: warn
log_format: json
default_application: default
workers: 1
applications:
  - name: default
    log_level: error
    log_file: /dev/null
    log_format: json
    response_check: ${responses}
    transaction_ttl_ms: 10000
    directives: |
${rules}`;

/** Requests of a browser with a 900-byte cookie; the Lua script makes each use of one unique. */
export async function writeLua(shared, directory) {
  const { generate } = await import(pathToFileURL(resolve(shared, "bench/gen-workload.mjs")).href);
  const seed = Math.floor(Math.random() * 1e9);
  const requests = Array.from({ length: 200 }, (_, n) =>
    generate(seed + n).find(({ name }) => name === "nav-home-chrome"),
  );
  const lines = requests.map(({ headers }) => {
    const fields = headers.map(([name, value]) => `[${JSON.stringify(name)}]=${JSON.stringify(value)}`);
    return `{${fields.join(",")}}`;
  });
  const lua = `local sets = {\n${lines.join(",\n")}\n}
local n = 0
request = function()
  n = n + 1
  local headers = sets[n % #sets + 1]
  local cookie = headers["Cookie"]
  headers["Cookie"] = string.gsub(cookie, "sessionid=%w+", "sessionid=" .. string.format("%08x%08x", math.random(0, 2147483647), n), 1)
  return wrk.format("GET", "/articles/" .. n .. "?page=" .. (n % 50) .. "&ref=r" .. math.random(0, 2147483647), headers)
end
done = function(summary, latency, requests)
  io.write(string.format("RESULT %d %d %d %f %f\\n", summary.requests, summary.duration, summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout, latency:percentile(50), latency:percentile(99)))
end
`;
  writeFileSync(join(directory, "load.lua"), lua);
}

export function wrk(directory, port, connections, seconds) {
  const { stdout, stderr } = spawnSync(
    "taskset",
    [
      "-c",
      "1",
      "wrk",
      "-t1",
      `-c${connections}`,
      `-d${seconds}s`,
      "--latency",
      "-s",
      "load.lua",
      `http://127.0.0.1:${port}/`,
    ],
    { cwd: directory, encoding: "utf8" },
  );
  const match = /RESULT (\d+) (\d+) (\d+) ([\d.]+) ([\d.]+)/.exec(stdout);
  if (match === null) throw new Error(`wrk said nothing usable: ${stdout}${stderr}`);
  const [requests, micros, errors, p50, p99] = match.slice(1).map(Number);
  return {
    rps: Math.round(requests / (micros / 1e6)),
    requests,
    errors,
    p50Ms: p50 / 1000,
    p99Ms: p99 / 1000,
  };
}

/** Processor time that a process has used, in microseconds; the kernel counts hundredths of a second. */
const cpuMicros = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").pop().split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
};

const rssMiB = (pid) =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024);

/** Measures HAProxy alone, with requests, with responses; optionally minutes of load for the memory figure. */
export async function runThroughput({ directory, ports, shared, seconds, soakMinutes, report, figures }) {
  if (!existsSync(join(shared, "bench/gen-workload.mjs"))) {
    console.log(`not run: throughput, no workload at ${shared}`);
    return;
  }
  mkdirSync(directory, { recursive: true });
  await writeLua(shared, directory);
  writeFileSync(
    join(directory, "page.html"),
    `<!DOCTYPE html><html><body>${"<p>Shipping news arrived yesterday.</p>".repeat(275)}</body></html>`,
  );
  writeFileSync(
    join(directory, "application.cfg"),
    `global\n    tune.bufsize 65536\n    nbthread 1\ndefaults\n    mode http\n    timeout client 30s\n    timeout server 30s\n    timeout connect 5s\nfrontend app\n    bind 127.0.0.1:${ports.application}\n    http-request return status 200 content-type text/html file page.html\n`,
  );
  const application = new Program("taskset", ["-c", "1", "haproxy", "-f", "application.cfg"], { cwd: directory });
  await untilListening(ports.application);
  const oneThread = (text) =>
    text
      .replace("global\n", "global\n    nbthread 1\n")
      .replace(/^    log stdout.*$/m, "")
      .replace(/^ {4}log global$/m, "");
  const measure = (setup, port, connections, programs) => {
    // Code is compiled as it is used: the same load first.
    wrk(directory, port, connections, seconds);
    const before = Object.values(programs).map(({ pid }) => cpuMicros(pid));
    const { rps, requests, errors, p50Ms, p99Ms } = wrk(directory, port, connections, seconds);
    const name = `${setup}, ${connections} connection${connections === 1 ? "" : "s"}`;
    report({ setup: name, rps, p50Ms, p99Ms });
    // Holds on a machine that others use too, where requests per second say little.
    for (const [index, [program, { pid }]] of Object.entries(programs).entries())
      figures[`${name}: ${program} CPU µs per request`] = Math.round((cpuMicros(pid) - before[index]) / requests);
    if (errors > 0) figures[`${name}: errors`] = errors;
  };
  for (const [setup, responses, rules] of [
    ["requests", false, CRS],
    ["requests, one rule", false, ONE_RULE],
    ["requests and responses", true, CRS],
  ]) {
    const name = responses ? "requests-and-responses-fail-closed.cfg" : "requests-fail-closed.cfg";
    const agent = await startAgent({
      directory,
      config: config(ports.agent, responses, rules),
      port: ports.agent,
      metricsPort: ports.metrics,
      core: 0,
    });
    const haproxy = await startHaproxy({
      directory: join(directory, setup.replaceAll(" ", "-")),
      name,
      listen: ports.load,
      application: ports.application,
      agentPort: ports.agent,
      core: 0,
      edit: oneThread,
    });
    await sleep(3000);
    if (setup === "requests") {
      const alone = await startHaproxy({
        directory: join(directory, "alone"),
        name,
        listen: ports.alone,
        application: ports.application,
        agentPort: ports.agent,
        core: 0,
        edit: (text) =>
          oneThread(text)
            .split("\n")
            .filter((line) => !/coraza|waf-error|filter spoe/.test(line) || /^backend coraza|spoe-check/.test(line))
            .join("\n")
            .replace(/backend coraza-agent[\s\S]*$/, ""),
      });
      measure("HAProxy alone", ports.alone, 8, { HAProxy: alone });
      await alone.stop();
    }
    const programs = { agent, HAProxy: haproxy };
    if (rules === CRS) measure(setup, ports.load, 1, programs);
    measure(setup, ports.load, 8, programs);
    figures[`${setup}: agent rss MiB after load`] = rssMiB(agent.pid);
    if (responses && soakMinutes > 0) {
      const series = [];
      for (let minute = 0; minute < soakMinutes; minute++) {
        wrk(directory, ports.load, 8, 60);
        series.push(rssMiB(agent.pid));
        console.log(`soak minute ${minute + 1}: ${series.at(-1)} MiB`);
      }
      figures["soak: agent rss MiB by minute"] = series.join(" ");
    }
    await Promise.all([agent.stop(), haproxy.stop()]);
  }
  await application.stop();
}
