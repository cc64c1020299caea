import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { join } from "node:path";
import { freePort, sleep, until } from "../../e2e/programs.mjs";
import { send, talk } from "../client.mjs";
import { checks, equal, http2Checks } from "../contract.mjs";
import { startApplication, startProxy } from "../proxy/start.mjs";

/** Checks that are about frameworks, and why a proxy has nothing to show there. */
const elsewhere = {
  "the decision is on the request": "a proxy's application is another process; decisions are on the admin port",
  "skipped paths are not inspected; the same path written differently is": "see the route with other rules instead",
};
const limits = "SecRequestBodyLimit 1000000\nSecRequestBodyNoFilesLimit 1000000";
const script = "%3Cscript%3Ealert(document.cookie)%3C/script%3E";

/** The contract through `cuirass proxy` in two processes, and what only a proxy has. */
export async function run(group) {
  const application = await startApplication();
  const uri = `http://127.0.0.1:${application.port}`;
  const config = join(group.directory, "proxy.yaml");
  const write = (port, more = "") =>
    writeFileSync(
      config,
      `listen: 127.0.0.1:${port}
upstreams: { app: ${uri} }
rule_sets:
  default: { rules: built-in, directives_after: ${JSON.stringify(limits)} }
  large:
    rules: built-in
    directives_after: ${JSON.stringify(`${limits}\nSecRequestBodyLimitAction ProcessPartial`)}
routes:
  - { path: /upload, rule_set: large }
${more}
  - {}
workers: 2
access_log: ${join(group.directory, "access.log")}
`,
    );
  const port = await freePort();
  write(port);
  const proxy = await startProxy(["--config", config], { port });
  // The first requests make the automata of the rules, on a busy machine for longer than their time budget.
  for (let round = 0; round < 6; round++) {
    for (const path of ["/", `/?q=${script}`, "/leak"]) await send(port, path);
  }
  try {
    for (const { name, run: work } of checks) {
      if (elsewhere[name] === undefined) await group.check("proxy", name, () => work(proxy));
      else group.notRun(`proxy: ${name}`, elsewhere[name]);
    }
    for (const { name, run: work } of http2Checks) await group.check("proxy", name, () => work(proxy));
    await group.check("proxy", "smuggling attempts are refused, and reach no application", async () => {
      const head = "Host: www.example.com\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\nConnection: close\r\n";
      const attempts = {
        "length and encoding": `POST / HTTP/1.1\r\n${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
        "two lengths": `POST / HTTP/1.1\r\n${head}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef`,
        "chunk size with a sign": `POST / HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n+3\r\nabc\r\n0\r\n\r\n`,
        "chunk that ends in a bare line feed": `POST / HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n`,
        "folded line": `GET / HTTP/1.1\r\n${head}X-A: a\r\n b\r\n\r\n`,
        "bare line feeds": `GET / HTTP/1.1\n${head}\n`,
        "blank before the colon": `GET / HTTP/1.1\r\n${head}Content-Length : 5\r\n\r\n`,
        "another coding": `POST / HTTP/1.1\r\n${head}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
        "hidden coding": `POST / HTTP/1.1\r\n${head}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`,
      };
      for (const [what, text] of Object.entries(attempts)) {
        const status = (await talk(port, text)).slice(9, 12);
        if (!["400", "501"].includes(status)) throw new Error(`${what}: ${status}`);
      }
      return `${Object.keys(attempts).length} attempts`;
    });
    await group.check("proxy", "a path that two routes could claim is refused", async () => {
      equal(
        (await talk(port, "GET /upload/..%2fitems HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")).slice(9, 12),
        "400",
        "status",
      );
    });
    await group.check("proxy", "the access log tells of each exchange", async () => {
      const { headers } = await send(port, "/items?probe=access-log");
      const log = join(group.directory, "access.log");
      const lines = () =>
        readFileSync(log, "utf8")
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line));
      await until(() => lines().some(({ id }) => id === headers["x-request-id"]), "the line");
      const line = lines().find(({ id }) => id === headers["x-request-id"]);
      equal(
        `${line.method} ${line.target} ${line.verdict} ${line.rule_set}`,
        "GET /items?probe=access-log passed default",
        "line",
      );
    });
    await group.check("proxy", "a reload takes a new configuration, and refuses a wrong one whole", async () => {
      const withRoute = "  - { path: /quiet, rule_set: off }\n";
      writeFileSync(
        config,
        readFileSync(config, "utf8").replace(
          "routes:\n",
          `  off: { rules: built-in, mode: detect }\nroutes:\n${withRoute}`,
        ),
      );
      equal((await send(port, `/quiet?q=${script}`)).status, 403, "before");
      proxy.signal("SIGHUP");
      await until(async () => (await send(port, `/quiet?q=${script}`)).status === 200, "the new route");
      writeFileSync(config, `${readFileSync(config, "utf8")}nonsense: true\n`);
      proxy.signal("SIGHUP");
      await until(() => proxy.log.includes('unknown key \\"nonsense\\"'), "the error in the log");
      equal((await send(port, `/quiet?q=${script}`)).status, 200, "the old one still");
      const checked = spawnSync(process.execPath, ["packages/cli/bin/cuirass.mjs", "check", config], {
        encoding: "utf8",
      });
      equal(checked.status, 1, "exit code of cuirass check");
      equal(checked.stdout.includes('unknown key "nonsense"'), true, "its finding");
    });
    await group.check("proxy", "SIGTERM lets running requests end", async () => {
      const running = send(port, "/slow");
      await sleep(150);
      proxy.signal("SIGTERM");
      equal((await running).text, "done", "answer");
      await proxy.exited;
      equal((await send(port, "/")).status, 0, "afterwards");
    });
  } finally {
    await proxy.stop();
    await application.stop();
  }
  await tls(group, uri);
  group.crsSuite("crs-proxy");
}

/** HTTPS with both protocols, and a new certificate without a restart. */
async function tls(group, uri) {
  const make = (name, file) =>
    spawnSync("openssl", [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
      ...["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`],
      ...["-keyout", join(group.directory, `${file}.key`), "-out", join(group.directory, `${file}.pem`)],
    ]).status;
  if (make("one.example", "site") !== 0) return group.notRun("proxy: TLS", "openssl is not installed");
  const application = await startApplication(Number(new URL(uri).port));
  const paths = ["--tls-cert", join(group.directory, "site.pem"), "--tls-key", join(group.directory, "site.key")];
  const proxy = await startProxy(["--upstream", uri, "--rules", "built-in", ...paths]);
  const subject = () =>
    new Promise((resolve, reject) => {
      const session = connectHttp2(`https://127.0.0.1:${proxy.port}`, { rejectUnauthorized: false }, () => {
        resolve(session.socket.getPeerCertificate().subject.CN);
        session.destroy();
      });
      session.on("error", reject);
    });
  try {
    await group.check("proxy", "HTTPS: HTTP/2 by ALPN, and a new certificate after SIGHUP", async () => {
      equal(await subject(), "one.example", "certificate");
      make("two.example", "site");
      proxy.signal("SIGHUP");
      await until(async () => (await subject()) === "two.example", "the new certificate");
      writeFileSync(join(group.directory, "site.pem"), "nonsense");
      proxy.signal("SIGHUP");
      await until(() => proxy.log.includes("not reloaded"), "the error in the log");
      equal(await subject(), "two.example", "the old one still");
    });
  } finally {
    await proxy.stop();
    await application.stop();
  }
}
