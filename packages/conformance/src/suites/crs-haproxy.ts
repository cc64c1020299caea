import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogSource } from "@cuirass/ftw";
import { ftwSettings } from "@cuirass/ftw";
import type { LineSink } from "@cuirass/haproxy";
import { Agent, parseConfig } from "@cuirass/haproxy";
import type { SuiteResult } from "../suite-result.ts";
import type { OnProgress } from "./crs.ts";
import { loadCrsTests, runOverSocket, summariseCrs } from "./crs.ts";
import { freePort, startReflectServer } from "./reflect-server.ts";

/** Logs a line at the end of every exchange, so that nobody has to guess when the log is complete. Not a CRS rule. */
const END_MARKER = 99_999;

/** All CRS regression tests through a real HAProxy with our agent beside it. */
export async function runCrsHaproxy(shared: string, onProgress: OnProgress): Promise<SuiteResult> {
  const started = performance.now();
  if (spawnSync("haproxy", ["-v"], { stdio: "ignore" }).error !== undefined) {
    const skipped = [{ id: "crs-haproxy", reason: "haproxy is not installed" }];
    return { ...summariseCrs("crs-haproxy", 0, [], 0), failures: [], skipped };
  }
  const { tests, files } = loadCrsTests(shared);
  const log = new AgentLog();
  const backend = await startReflectServer();
  const crs = process.env["CUIRASS_CRS"];
  const color = process.env["NO_COLOR"];
  process.env["CUIRASS_CRS"] = join(shared, "crs/4.28.0");
  process.env["NO_COLOR"] = "1";
  const agent = await Agent.start(parseConfig(agentConfig(), "crs-haproxy.yaml").config, { log });
  restore("CUIRASS_CRS", crs);
  const haproxy = await startHaproxy(agent.port, Number(new URL(backend.url).port));
  const target = { port: haproxy.port, log, overrides: "coraza" } as const;
  const results = await runOverSocket(shared, tests, target, onProgress);
  haproxy.stop();
  await agent.stop();
  restore("NO_COLOR", color);
  backend.close();
  return summariseCrs("crs-haproxy", files, results, (performance.now() - started) / 1000);
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

function agentConfig(): string {
  const settings = ftwSettings.split("\n").map((line) => `      ${line}\n`);
  return `bind: 127.0.0.1:0
log_level: error
log_format: console
default_application: crs
workers: 1
deadline_ms: 10000
max_frame_size: 1048576
applications:
  - name: crs
    log_level: debug
    log_format: console
    response_check: true
    transaction_ttl_ms: 10000
    directives: |
      Include @coraza.conf-recommended
      SecAuditEngine Off
${settings.join("")}      Include @crs-setup.conf.example
      Include @owasp_crs/*.conf
      SecRuleEngine On
      SecAction "id:${END_MARKER},phase:5,pass,log,noauditlog,msg:'end of the exchange'"
`;
}

/**
 * HAProxy with its own strictness and the version rule of deploy/haproxy, and with buffers that hold every body of the tests:
 * what fails is what HAProxy refuses or cannot pass to an agent.
 */
async function startHaproxy(agentPort: number, backendPort: number): Promise<{ readonly port: number; stop(): void }> {
  const directory = mkdtempSync(join(tmpdir(), "cuirass-crs-haproxy-"));
  const port = await freePort();
  writeFileSync(
    join(directory, "spoe.cfg"),
    `[waf]
spoe-agent waf
    groups request response
    option var-prefix waf
    option set-on-error error
    timeout hello 2s
    timeout idle 2m
    timeout processing 12s
    use-backend waf
spoe-message coraza-req
    args app=str(crs) src-ip=src src-port=src_port dst-ip=dst dst-port=dst_port method=method path=path query=query version=req.ver headers=req.hdrs body=req.body body-size=req.body_size
spoe-message coraza-res
    args app=str(crs) id=var(txn.waf.id) version=res.ver status=status headers=res.hdrs body=res.body
spoe-group request
    messages coraza-req
spoe-group response
    messages coraza-res
`,
  );
  writeFileSync(
    join(directory, "haproxy.cfg"),
    `global
    tune.bufsize 524288
    tune.maxrewrite 8192
    tune.http.maxhdr 1000
defaults
    mode http
    timeout client 10s
    timeout server 10s
    timeout connect 5s
    timeout http-request 2s
frontend www
    bind 127.0.0.1:${port}
    option http-buffer-request
    filter spoe engine waf config spoe.cfg
    http-request deny deny_status 400 if !HTTP_1.0 !HTTP_1.1
    http-request send-spoe-group waf request
    http-response wait-for-body time 1s unless { status 101 204 304 }
    http-response send-spoe-group waf response
    default_backend app
backend app
    server app 127.0.0.1:${backendPort}
backend waf
    mode tcp
    timeout server 3m
    server agent 127.0.0.1:${agentPort}
`,
  );
  const haproxy = spawn("haproxy", ["-f", "haproxy.cfg"], { cwd: directory, stdio: "ignore" });
  await untilListening(port);
  return {
    port,
    stop: () => {
      haproxy.kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const up = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });
    if (up) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`HAProxy does not listen on port ${port}`);
}

/** Lines of the exchange that is running, complete once the end marker was logged. */
class AgentLog implements LineSink, LogSource {
  #lines: string[] = [];
  #ended = (): void => undefined;
  #end: Promise<void> = Promise.resolve();

  begin(): void {
    this.#lines = [];
    this.#end = new Promise((resolve) => {
      this.#ended = resolve;
    });
  }

  write(line: string): void {
    if (line.includes(`[id "${END_MARKER}"]`)) this.#ended();
    else this.#lines.push(line);
  }

  reopen(): void {
    // Nothing is open.
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async collect(response: Parameters<LogSource["collect"]>[0]): Promise<{ ids: number[]; log: string[] }> {
    // HAProxy's own answers to broken requests involve no agent: there is no end to wait for.
    const limit = response.status >= 400 || response.status === 0 ? 150 : 2000;
    await Promise.race([this.#end, new Promise((resolve) => setTimeout(resolve, limit).unref())]);
    const ids = this.#lines.flatMap((line) => [...line.matchAll(/\[id "(\d+)"\]/g)].map((match) => Number(match[1])));
    return { ids, log: this.#lines };
  }
}
