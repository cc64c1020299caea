// What the WAF costs: start and memory of a worker, CPU per request, beside nginx alone and Debian's ModSecurity module.
// nginx runs on the first core, wrk on the second; every request is unique.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureProgram, freePort } from "../e2e/programs.mjs";
import { wrk, writeLua } from "../e2e-haproxy/throughput.mjs";
import { configText, Nginx } from "./nginx.mjs";

/** Start-up and calls without nginx: libcoraza/test/figures.c. */
export function runFigures({ build, root, crs, figures }) {
  const program = join(build, "figures");
  const folder = join(root, "packages/nginx/libcoraza");
  const flags = ["-D_GNU_SOURCE", "-O2", `-I${folder}/include`, "-o", program, `${folder}/test/figures.c`];
  const libraries = [`-L${build}`, "-lcoraza", `-Wl,--allow-shlib-undefined,--enable-new-dtags,-rpath,${build}`];
  const compiled = spawnSync("cc", [...flags, ...libraries], { encoding: "utf8" });
  const run = compiled.status === 0 ? spawnSync(program, [crs, "5000"], { encoding: "utf8" }) : compiled;
  if (run.status !== 0) {
    console.log(`not run: figures of the library: ${run.stderr}`);
    return;
  }
  const stub = spawnSync(program, ["-", "100000"], {
    encoding: "utf8",
    env: { ...process.env, LD_LIBRARY_PATH: join(build, "stub") },
  });
  const { cold, snapshot, noRules, recordMs, snapshotMb } = JSON.parse(run.stdout);
  figures["worker start with the CRS, cold"] = `${cold.startMs} ms of CPU`;
  figures["worker start with the CRS, from the snapshot"] = `${snapshot.startMs} ms of CPU`;
  figures["compiling and writing the snapshot, once per configuration"] = `${recordMs} ms of CPU`;
  figures["size of the snapshot"] = `${snapshotMb} MB, shared by all workers`;
  figures["private memory of a worker, at start and after 6000 transactions"] =
    `${snapshot.privateMbAtStart} MB and ${snapshot.privateMb} MB`;
  figures["CPU of a transaction in the library, CRS, 10 KB page inspected"] = `${snapshot.usPerTransaction} us`;
  figures["CPU of the calls alone, with an engine that does nothing"] =
    `${JSON.parse(stub.stdout).noRules.usPerTransaction} us`;
  figures["CPU of the same calls with no rules"] = `${noRules.usPerTransaction} us`;
}

const ticks = Number(spawnSync("getconf", ["CLK_TCK"], { encoding: "utf8" }).stdout);

/** User and system time of a process in microseconds. */
function cpuMicros(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return ((Number(fields[11]) + Number(fields[12])) / ticks) * 1e6;
}

function privateMb(pid) {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const of = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)[1]);
  return (of("Private_Clean") + of("Private_Dirty")) / 1024;
}

/** The module of Debian's package, unpacked; undefined when it cannot be had. */
function modsecurityModule(build) {
  const folder = join(build, "modsecurity");
  const module = join(folder, "root/usr/lib/nginx/modules/ngx_http_modsecurity_module.so");
  if (existsSync(module)) return module;
  mkdirSync(folder, { recursive: true });
  spawnSync("apt-get", ["download", "libnginx-mod-http-modsecurity"], { cwd: folder });
  if (!existsSync("/usr/lib/x86_64-linux-gnu/libmodsecurity.so.3")) {
    spawnSync("apt-get", ["install", "-y", "-q", "libmodsecurity3"], { stdio: "ignore" });
  }
  for (const file of readdirSync(folder)) {
    if (file.endsWith(".deb")) spawnSync("dpkg", ["-x", join(folder, file), join(folder, "root")]);
  }
  return existsSync(module) ? module : undefined;
}

/** Measures each setup in turn with the same load. */
export async function runThroughput({ directory, build, shared, crs, seconds, report, figures }) {
  if (!ensureProgram("wrk")) {
    console.log("not run: throughput, wrk is not installed and could not be installed");
    return;
  }
  mkdirSync(join(directory, "html"), { recursive: true });
  await writeLua(shared, directory);
  const page = `<!DOCTYPE html><html><body>${"<p>Shipping news arrived yesterday.</p>".repeat(275)}</body></html>`;
  writeFileSync(join(directory, "html/page.html"), page);
  const requestsOnly = join(directory, "requests.conf");
  writeFileSync(requestsOnly, `Include ${crs}\nSecResponseBodyAccess Off\n`);
  const module = join(build, "ngx_http_coraza_module.so");
  const library = join(build, "libcoraza.so");
  const modsecurity = modsecurityModule(build);
  if (modsecurity === undefined) console.log("not run: Debian's ModSecurity module could not be downloaded");
  const setups = [
    { setup: "nginx alone", directives: "" },
    {
      setup: "module, one rule",
      module,
      directives: `coraza on; coraza_rules 'SecRule ARGS:none "@streq x" "id:1,phase:1,deny"';`,
    },
    { setup: "CRS, requests", module, directives: `coraza on; coraza_rules_file ${requestsOnly};` },
    { setup: "CRS, requests and responses", module, directives: `coraza on; coraza_rules_file ${crs};` },
    ...(modsecurity === undefined
      ? []
      : [
          {
            setup: "ModSecurity module, requests and responses",
            module: modsecurity,
            directives: `modsecurity on; modsecurity_rules_file ${crs};`,
          },
        ]),
  ];
  const rows = new Map();
  for (const { setup, module: loaded, directives } of setups) {
    const port = await freePort();
    const nginx = new Nginx(join(directory, setup.replaceAll(/\W+/g, "-")));
    const http = `keepalive_requests 1000000; server { listen 127.0.0.1:${port}; ${directives}
      location / { root ${directory}/html; try_files /page.html =404; } }`;
    const own = loaded === module ? library : undefined;
    await nginx.start(
      configText({ directory: nginx.directory, module: loaded, library: own, http, level: "error" }),
      port,
      ["taskset", "-c", "0"],
    );
    try {
      // V8 compiles what runs often: not part of what is measured.
      for (let round = 0, warm = 0; round < 6 && warm < 3000; round++) warm += wrk(directory, port, 8, 5).requests;
      const [worker] = nginx.workers();
      const before = cpuMicros(worker);
      const { rps, requests, errors, p50Ms, p99Ms } = wrk(directory, port, 8, seconds);
      const row = { setup, rps, p50Ms, p99Ms, cpuMicros: (cpuMicros(worker) - before) / requests };
      rows.set(setup, row);
      report(row);
      if (errors > 0) figures[`${setup}: errors`] = errors;
      if (own !== undefined) figures[`${setup}: private memory of the worker`] = `${privateMb(worker).toFixed(1)} MB`;
    } finally {
      await nginx.stop();
    }
  }
  const cost = (setup) => rows.get(setup).cpuMicros;
  const full = "CRS, requests and responses";
  figures["added CPU per request: module and library"] =
    `${(cost("module, one rule") - cost("nginx alone")).toFixed(1)} us`;
  figures["added CPU per request: with the CRS"] = `${(cost(full) - cost("nginx alone")).toFixed(0)} us`;
  const peer = rows.get("ModSecurity module, requests and responses");
  if (peer !== undefined)
    figures["requests per second, times the ModSecurity module"] = (rows.get(full).rps / peer.rps).toFixed(1);
}
