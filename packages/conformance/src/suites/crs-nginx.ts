import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { LogSource } from "@cuirass/ftw";
import { ftwSettings } from "@cuirass/ftw";
import type { SuiteResult } from "../suite-result.ts";
import type { OnProgress } from "./crs.ts";
import { loadCrsTests, RULES, runOverSocket, summariseCrs } from "./crs.ts";
import { freePort, startReflectServer } from "./reflect-server.ts";

/** Logs a line at the end of every exchange, so that nobody has to guess when the log is complete. Not a CRS rule. */
const END_MARKER = 99_999;
const BUILD = fileURLToPath(new URL("../../../nginx/build", import.meta.url));
const START_MS = 60_000;

/** All CRS regression tests through a real nginx with our module (`npm run build:nginx` comes first). */
export async function runCrsNginx(shared: string, onProgress: OnProgress): Promise<SuiteResult> {
  const started = performance.now();
  const missing = whatIsMissing();
  if (missing !== undefined) {
    const skipped = [{ id: "crs-nginx", reason: missing }];
    return { ...summariseCrs("crs-nginx", 0, [], 0), failures: [], skipped };
  }
  const { tests, files } = loadCrsTests(shared);
  const backend = await startReflectServer();
  const nginx = await startNginx(shared, Number(new URL(backend.url).port));
  const target = { port: nginx.port, log: nginx.log, overrides: "nginx" } as const;
  const results = await runOverSocket(shared, tests, target, onProgress);
  nginx.stop();
  backend.close();
  return summariseCrs("crs-nginx", files, results, (performance.now() - started) / 1000);
}

function whatIsMissing(): string | undefined {
  if (spawnSync("nginx", ["-v"], { stdio: "ignore" }).error !== undefined) return "nginx is not installed";
  if (!existsSync(join(BUILD, "ngx_http_coraza_module.so"))) return "the module is not built: npm run build:nginx";
  return undefined;
}

interface RunningNginx {
  readonly port: number;
  readonly log: ErrorLog;
  stop(): void;
}

/** nginx with its own strictness towards broken requests, and limits that every test fits into. */
async function startNginx(shared: string, backendPort: number): Promise<RunningNginx> {
  const directory = mkdtempSync(join(tmpdir(), "cuirass-crs-nginx-"));
  const port = await freePort();
  const crs = resolve(shared, RULES);
  writeFileSync(
    join(directory, "rules.conf"),
    `Include @coraza.conf-recommended
SecAuditEngine Off
${ftwSettings}
Include ${crs}/crs-setup.conf.example
Include ${crs}/rules/*.conf
SecRuleEngine On
SecAction "id:${END_MARKER},phase:5,pass,log,noauditlog,msg:'end of the exchange'"
`,
  );
  const temp = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `  ${name}_temp_path ${directory}/temp-${name};`)
    .join("\n");
  const errorLog = join(directory, "error.log");
  writeFileSync(
    join(directory, "nginx.conf"),
    `${process.getuid?.() === 0 ? "user root;" : ""}
load_module ${BUILD}/ngx_http_coraza_module.so;
worker_processes 1;
daemon off;
pid ${directory}/nginx.pid;
error_log ${errorLog} error;
events { worker_connections 256; }
http {
  coraza_library ${BUILD}/libcoraza.so;
  access_log off;
${temp}
  client_max_body_size 0;
  client_header_timeout 2s;
  client_body_timeout 2s;
  large_client_header_buffers 64 64k;
  underscores_in_headers on;
  ignore_invalid_headers off;
  merge_slashes off;
  server {
    listen 127.0.0.1:${port};
    coraza on;
    coraza_rules_file ${directory}/rules.conf;
    location / {
      proxy_pass http://127.0.0.1:${backendPort};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
    }
  }
}
`,
  );
  const nginx = spawn("nginx", ["-c", join(directory, "nginx.conf"), "-p", directory], { stdio: "ignore" });
  const log = new ErrorLog(errorLog);
  await untilAnswering(port, nginx);
  return {
    port,
    log,
    stop: () => {
      log.close();
      nginx.once("exit", () => rmSync(directory, { recursive: true, force: true }));
      nginx.kill();
    },
  };
}

async function untilAnswering(port: number, nginx: ReturnType<typeof spawn>): Promise<void> {
  for (const end = performance.now() + START_MS; performance.now() < end;) {
    if (nginx.exitCode !== null) throw new Error("nginx ended at once: see nginx -t with the configuration");
    const answered = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nginx does not answer on port ${port}`);
}

/** Lines of the exchange that is running, read from nginx's error log until the end marker. */
class ErrorLog implements LogSource {
  readonly #path: string;
  #descriptor = -1;
  #position = 0;
  #text = "";

  constructor(path: string) {
    this.#path = path;
  }

  begin(): void {
    if (this.#descriptor < 0) this.#descriptor = openSync(this.#path, "r");
    this.#read();
    this.#text = "";
  }

  async collect(response: Parameters<LogSource["collect"]>[0]): Promise<{ ids: number[]; log: string[] }> {
    // nginx's own answers to broken requests involve no rules: there is no end to wait for.
    const limit = response.status >= 400 || response.status === 0 ? 150 : 3000;
    for (const end = performance.now() + limit; performance.now() < end && !this.#ended();) {
      await new Promise((resolve) => setTimeout(resolve, 3));
      this.#read();
    }
    const lines = this.#text.split("\n").filter((line) => line.includes("coraza: ") && !line.includes(marker));
    const ids = lines.flatMap((line) => [...line.matchAll(/\[id "(\d+)"\]/g)].map((match) => Number(match[1])));
    return { ids, log: lines };
  }

  close(): void {
    if (this.#descriptor >= 0) closeSync(this.#descriptor);
  }

  #ended(): boolean {
    return this.#text.includes(marker);
  }

  #read(): void {
    const piece = Buffer.alloc(65_536);
    for (;;) {
      const length = readSync(this.#descriptor, piece, 0, piece.length, this.#position);
      if (length === 0) return;
      this.#position += length;
      this.#text += piece.toString("latin1", 0, length);
    }
  }
}

const marker = `[id "${END_MARKER}"]`;
