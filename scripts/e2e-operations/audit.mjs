// Audit logs of a running proxy: files and rotation, a syslog daemon, an HTTPS sink that goes away and comes back.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer as createHttpsServer } from "node:https";
import { join } from "node:path";
import { ensureProgram, freePort, Program, sleep, until } from "../e2e/programs.mjs";
import { equal, metricsOf, startApplication, startCuirass } from "./_processes.mjs";

const base = `SecRuleEngine On
SecRequestBodyAccess On
SecAuditEngine RelevantOnly
SecAuditLogFormat JSON
SecAuditLogParts ABCFHKZ
SecRule ARGS:q "@contains attack" "id:190001,phase:1,deny,status:403,log,auditlog,msg:'found',logdata:'%{MATCHED_VAR}'"
`;

export async function run({ root, directory, test, skip }) {
  const application = await startApplication();
  const started = [];

  /** A proxy with these audit directives. */
  const start = async (name, directives, { args = [], environment } = {}) => {
    const rules = join(directory, `${name}.conf`);
    writeFileSync(rules, base + directives);
    const [port, adminPort] = [await freePort(), await freePort()];
    const program = await startCuirass(
      root,
      ["proxy", "--upstream", application.url, "--rules", rules, "--listen", `127.0.0.1:${port}`].concat(
        ["--admin", `127.0.0.1:${adminPort}`, "--directives-before", "SecAuditEngine Off"],
        args,
      ),
      { port, environment },
    );
    started.push(program);
    const admin = `http://127.0.0.1:${adminPort}`;
    return {
      program,
      attack: async (id, more = "") => {
        const response = await fetch(`http://127.0.0.1:${port}/?q=attack${id}${more}`);
        await response.arrayBuffer();
        equal(response.status, 403, "status of an attack");
      },
      entries: async (writer, result) =>
        (await metricsOf(admin)).get(`cuirass_audit_entries_total{writer="${writer}",result="${result}"}`) ?? 0,
      waiting: async () => (await metricsOf(admin)).get('cuirass_queue_length{queue="audit"}'),
    };
  };
  const uriOf = (line) => JSON.parse(line).transaction.request.uri;

  try {
    await test("serial: one JSON line per blocked request, whole after rotation and SIGUSR1", async () => {
      const file = join(directory, "serial.log");
      const waf = await start("serial", `SecAuditLog ${file}\n`);
      for (let id = 0; id < 20; id++) await waf.attack(id);
      await until(async () => (await waf.entries("serial", "written")) === 20, "20 entries are written");
      renameSync(file, `${file}.1`);
      waf.program.signal("SIGUSR1");
      await sleep(300);
      for (let id = 20; id < 40; id++) await waf.attack(id);
      // The last entries are still on their way when the process is asked to end.
      await waf.program.stop();
      const [before, after] = [`${file}.1`, file].map((path) => readFileSync(path, "utf8").trimEnd().split("\n"));
      equal(before.length, 20, "lines before rotation");
      equal(after.length, 20, "lines after rotation");
      const uris = [...before, ...after].map(uriOf);
      equal(uris.join(), Array.from({ length: 40 }, (_, id) => `/?q=attack${id}`).join(), "entries in order");
    });

    await test("concurrent: a file each and an index of one line each", async () => {
      const index = join(directory, "index.log");
      const entries = join(directory, "entries");
      const waf = await start(
        "concurrent",
        `SecAuditLogType Concurrent\nSecAuditLog ${index}\nSecAuditLogStorageDir ${entries}\n`,
      );
      for (let id = 0; id < 10; id++) await waf.attack(id);
      await waf.program.stop();
      const lines = readFileSync(index, "utf8").trimEnd().split("\n");
      equal(lines.length, 10, "lines of the index");
      for (const line of lines) JSON.parse(readFileSync(line.slice(line.lastIndexOf(" ") + 1), "utf8"));
      const files = readdirSync(entries, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      equal(files.length, 10, "files");
    });

    await test("masked values are in no log", async () => {
      const file = join(directory, "masked.log");
      const waf = await start("masked", `SecAuditLog ${file}\n`, { args: ["--mask", "arg:password", "arg:q"] });
      await waf.attack("TopSecret", "&password=TopSecret&other=visible");
      await waf.program.stop();
      const text = readFileSync(file, "utf8");
      if (!text.includes("visible")) throw new Error("the entry is not there");
      if (text.includes("TopSecret")) throw new Error("the audit log shows a masked value");
      if (waf.program.output.includes("TopSecret")) throw new Error("the error log shows a masked value");
    });

    if (ensureProgram("syslog-ng") || ensureProgram("rsyslogd", "rsyslog")) await syslog();
    else skip("syslog daemon", "neither syslog-ng nor rsyslog can be installed");

    await test("HTTPS: batched over TLS; sink down and back: nothing lost up to the bound, what is lost is counted", async () => {
      if (spawnSync("openssl", ["version"]).error !== undefined) throw new Error("openssl is missing");
      const [key, cert] = [join(directory, "key.pem"), join(directory, "cert.pem")];
      execFileSync(
        "openssl",
        [
          "req",
          "-x509",
          "-newkey",
          "ec",
          "-pkeyopt",
          "ec_paramgen_curve:P-256",
          "-nodes",
          "-days",
          "1",
          "-subj",
          "/CN=localhost",
        ].concat(["-keyout", key, "-out", cert, "-addext", "subjectAltName=DNS:localhost"]),
        { stdio: "ignore" },
      );
      const port = await freePort();
      const received = [];
      let requests = 0;
      const sink = () => {
        const server = createHttpsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
          let body = "";
          request.setEncoding("utf8").on("data", (piece) => (body += piece));
          request.on("end", () => {
            requests++;
            received.push(...body.trimEnd().split("\n").map(uriOf));
            response.end();
          });
        });
        return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(server)));
      };
      const stop = (server) =>
        new Promise((resolve) => {
          server.close(resolve);
          server.closeAllConnections();
        });
      const bound = 50;
      const waf = await start("https", `SecAuditLogType HTTPS\nSecAuditLog https://localhost:${port}/audit\n`, {
        args: ["--audit-queue", String(bound)],
        environment: { NODE_EXTRA_CA_CERTS: cert },
      });
      let server = await sink();
      await Promise.all(Array.from({ length: 20 }, (_, id) => waf.attack(id)));
      await until(() => received.length === 20, "20 entries arrive");
      const batches = requests;
      await stop(server);
      const [slowest] = [
        await timeOf(async () => {
          for (let id = 20; id < 20 + bound; id++) await waf.attack(id);
        }),
      ];
      await until(async () => (await waf.waiting()) === bound, "the queue is full");
      equal(await waf.entries("https", "lost"), 0, "lost up to the bound");
      for (let id = 0; id < 7; id++) await waf.attack(1000 + id);
      await until(async () => (await waf.entries("https", "lost")) === 7, "what does not fit is counted");
      server = await sink();
      await until(() => received.length === 20 + bound, "what was kept arrives", 60_000);
      await until(async () => (await waf.entries("https", "written")) === 20 + bound, "written");
      equal(new Set(received).size, 20 + bound, "different entries");
      if (received.some((uri) => uri.includes("attack1000"))) throw new Error("an entry counted as lost arrived");
      if (!waf.program.output.includes("audit entries are lost")) throw new Error("the loss was not logged");
      if (!waf.program.output.includes("audit entries are delivered again")) throw new Error("recovery was not logged");
      await waf.program.stop();
      await stop(server);
      return `20 entries in ${batches} requests; ${bound} kept and 7 counted as lost while it was away; ${(slowest / bound).toFixed(1)} ms a request meanwhile`;
    });
  } finally {
    for (const program of started) await program.stop();
    application.stop();
  }

  async function syslog() {
    const ng = spawnSync("syslog-ng", ["--version"]).error === undefined;
    for (const transport of ["tcp", "udp", "unix"]) {
      await test(`syslog over ${transport}: a real daemon (${ng ? "syslog-ng" : "rsyslog"}) reads every entry`, async () => {
        const port = await freePort();
        const socket = join(directory, `${transport}.sock`);
        const out = join(directory, `${transport}.out`);
        const daemon = ng
          ? startSyslogNg(directory, transport, port, socket, out)
          : startRsyslog(directory, transport, port, socket, out);
        started.push(daemon);
        await sleep(1500);
        if (daemon.child.exitCode !== null) throw new Error(`the daemon ended: ${daemon.output.slice(-500)}`);
        const target = transport === "unix" ? `unix://${socket}` : `${transport}://127.0.0.1:${port}`;
        // Both daemons read lines from unix stream sockets.
        const framing = transport === "unix" ? "?framing=lines" : "";
        const waf = await start(`syslog-${transport}`, `SecAuditLogType Syslog\nSecAuditLog ${target}${framing}\n`);
        for (let id = 0; id < 25; id++) await waf.attack(id);
        const lines = () => (existsSync(out) ? readFileSync(out, "utf8").trimEnd().split("\n") : []);
        await until(() => lines().length >= 25, `25 lines in ${out}`).catch((error) => {
          throw new Error(`${error.message}: ${lines().length} lines; ${lines()[0]?.slice(0, 200)}`);
        });
        await waf.program.stop();
        await daemon.stop();
        for (const [index, line] of lines().entries()) {
          const fields = /^local0 err cuirass audit (\{.*\})$/.exec(line);
          if (fields === null) throw new Error(`line ${index + 1} was misread: ${line.slice(0, 200)}`);
          equal(uriOf(fields[1]), `/?q=attack${index}`, "entry");
        }
      });
    }
  }
}

async function timeOf(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function startSyslogNg(directory, transport, port, socket, out) {
  const file = join(directory, `${transport}-ng.conf`);
  const source =
    transport === "unix"
      ? `unix-stream("${socket}" flags(syslog-protocol))`
      : `syslog(ip("127.0.0.1") port(${port}) transport("${transport}"))`;
  const version = /(\d+\.\d+)/.exec(spawnSync("syslog-ng", ["--version"], { encoding: "utf8" }).stdout)?.[1] ?? "3.38";
  writeFileSync(
    file,
    `@version: ${version}\noptions { log-msg-size(262144); keep-hostname(yes); };\nsource s { ${source}; };\n` +
      `destination d { file("${out}" template("$FACILITY $LEVEL $PROGRAM $MSGID $MSG\\n") template-escape(no)); };\n` +
      `log { source(s); destination(d); };\n`,
  );
  const own = (name) => join(directory, `${transport}-${name}`);
  return new Program("syslog-ng", ["-F", "-f", file, "-R", own("persist"), "-p", own("pid"), "-c", own("control")]);
}

function startRsyslog(directory, transport, port, socket, out) {
  const file = join(directory, `${transport}-rsyslog.conf`);
  const input =
    transport === "unix"
      ? `module(load="imuxsock" SysSock.Use="off")\ninput(type="imuxsock" Socket="${socket}" UseSpecialParser="off" ParseHostname="on")\n`
      : transport === "tcp"
        ? `module(load="imtcp")\ninput(type="imtcp" address="127.0.0.1" port="${port}")\n`
        : `module(load="imudp")\ninput(type="imudp" address="127.0.0.1" port="${port}")\n`;
  writeFileSync(
    file,
    `global(maxMessageSize="64k" workDirectory="${directory}")\n${input}` +
      `template(name="t" type="string" string="%syslogfacility-text% %syslogseverity-text% %app-name% %msgid% %msg:R,ERE,1,DFLT:^ ?(.*)$--end%\\n")\n` +
      `action(type="omfile" file="${out}" template="t")\n`,
  );
  return new Program("rsyslogd", ["-n", "-f", file, "-i", join(directory, `${transport}.pid`)]);
}
