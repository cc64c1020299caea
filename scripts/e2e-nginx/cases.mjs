// What nginx with the module must do, case by case, on real sockets. A case returns nothing or a note, or throws.
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { Agent } from "node:http";
import { join } from "node:path";
import { send, sendPieces } from "../e2e-haproxy/client.mjs";
import { freePort, sleep } from "../e2e/programs.mjs";
import { converse, sendHttp2 } from "./client.mjs";
import { configText, Nginx, testConfig } from "./nginx.mjs";

const form = { "content-type": "application/x-www-form-urlencoded" };
const once = () => new Agent({ keepAlive: false });

function equal(got, expected, what) {
  if (got !== expected) throw new Error(`${what}: expected ${expected}, got ${got}`);
}

function contains(text, part, what) {
  if (!text.includes(part)) throw new Error(`${what}: no "${part}" in ${text.slice(-1500)}`);
}

const rules = `
    coraza on;
    coraza_rules '
      SecRuleEngine On
      SecRequestBodyAccess On
      SecRequestBodyLimit 2000000
      SecRequestBodyInMemoryLimit 300000
      SecRequestBodyNoFilesLimit 2000000
      SecResponseBodyAccess On
      SecResponseBodyMimeType text/html
      SecResponseBodyLimit 524288
      SecResponseBodyLimitAction ProcessPartial
      SecRule REQUEST_HEADERS:X-Attack "@streq 1" "id:1,phase:1,deny,status:403,log,msg:phase-one"
      SecRule ARGS "@contains evil" "id:2,phase:2,deny,status:403,log,msg:phase-two"
      SecRule RESPONSE_HEADERS:X-Leak "@streq 1" "id:3,phase:3,deny,status:502,log,msg:phase-three"
      SecRule RESPONSE_BODY "@contains error in your SQL syntax" "id:4,phase:4,deny,status:500,log,msg:phase-four"
      SecRule ARGS:moved "@streq 1" "id:5,phase:1,redirect:https://example.com/new,status:302,log"
      SecRule ARGS:gone "@streq 1" "id:6,phase:1,drop,log"
      SecRule RESPONSE_STATUS "@streq 404" "id:7,phase:3,redirect:https://example.com/home,status:303,log,chain"
      SecRule ARGS:home "@streq 1"
      SecRule REQUEST_BODY "@contains evil" "id:8,phase:2,deny,status:406,log"
      SecRule REQUEST_HEADERS:X-Score "@streq 1" "id:9,phase:1,pass,nolog,setvar:tx.blocking_inbound_anomaly_score=+7"
    ';`;

/** The configuration that most cases share. */
function mainConfig({ ports, application, directory }) {
  return `
  log_format waf '$status|$coraza_transaction_id|$coraza_status|$coraza_rule_id|$coraza_score|$request_uri';
  access_log ${directory}/access.log waf;
  client_max_body_size 20m;
  client_body_buffer_size 64k;
  gzip on; gzip_min_length 100;
  map $http_upgrade $connection_upgrade { default upgrade; "" close; }
  server {
    listen 127.0.0.1:${ports.main};
    listen 127.0.0.1:${ports.http2} http2;
    root ${directory}/html;
    ${rules}
    location / {
      proxy_pass http://127.0.0.1:${application};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
    }
    location /static/ { alias ${directory}/html/; }
    location /off/ { coraza off; proxy_pass http://127.0.0.1:${application}/; }
    location /strict/ {
      coraza_rules 'SecRule ARGS:q "@streq strict" "id:100,phase:2,deny,status:409,log"';
      proxy_pass http://127.0.0.1:${application}/;
    }
    location /rewritten/ { rewrite ^/rewritten/(.*)$ /strict/$1 last; }
    location /quick/ { coraza_response_delay 500ms; proxy_pass http://127.0.0.1:${application}/; proxy_buffering off; }
    location /id/ { coraza_transaction_id "own-$arg_id"; proxy_pass http://127.0.0.1:${application}/; }
    location /own-page/ { error_page 403 500 /blocked.html; proxy_pass http://127.0.0.1:${application}/; }
    location /named/ { error_page 403 = @blocked; proxy_pass http://127.0.0.1:${application}/; }
    location = /blocked.html { internal; }
    location @blocked { return 418 "named page"; }
    location /tried/ { try_files /nothing @application; }
    location @application { rewrite ^/tried(/.*)$ $1 break; proxy_pass http://127.0.0.1:${application}; }
    location /return { return 200 "returned"; }
  }`;
}

/** Runs all cases; `report(name, ok, detail)` gets each result. */
export async function runCases({ directory, build, application, crs, only, report }) {
  const names = ["main", "http2", "reload", "inherit", "faults", "crs", "other"];
  const ports = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await freePort()])));
  const module = join(build, "ngx_http_coraza_module.so");
  const library = join(build, "libcoraza.so");
  const run = async (name, work) => {
    if (only !== undefined && !only.includes(name)) return;
    try {
      report(name, true, (await work()) ?? "");
    } catch (error) {
      report(name, false, error.message);
    }
  };
  const main = new Nginx(join(directory, "main"));
  mkdirSync(join(main.directory, "html"), { recursive: true });
  writeFileSync(join(main.directory, "html/blocked.html"), "<p>our own page</p>");
  writeFileSync(join(main.directory, "html/leak.html"), "<p>You have an error in your SQL syntax</p>");
  writeFileSync(join(main.directory, "html/fine.html"), `<p>${"fine ".repeat(20_000)}</p>`);
  const config = (http, more = {}) => configText({ directory: main.directory, module, library, http, ...more });
  const mainHttp = mainConfig({ ports, application, directory: main.directory });
  await main.start(config(mainHttp), ports.main);
  const get = (path, headers) => send(ports.main, path, { headers });
  const access = () => readFileSync(join(main.directory, "access.log"), "latin1").trim().split("\n");

  try {
    await run("benign requests pass", async () => {
      const { status, text } = await get("/hello?a=1");
      equal(status, 200, "status");
      contains(text, '"url":"/hello?a=1"', "answer");
      equal((await get("/page")).status, 200, "inspected page");
      equal((await get("/static/fine.html")).text.length, 100_007, "static page");
    });
    await run("the library is in workers only", () => {
      const maps = (pid) => readFileSync(`/proc/${pid}/maps`, "latin1");
      if (maps(main.child.pid).includes("libnode")) throw new Error("the master has V8 in it");
      contains(maps(main.workers()[0]), "libnode", "worker");
      contains(maps(main.workers()[0]), "coraza-rules", "worker, snapshot");
      if (!main.log.includes("rules ready after")) throw new Error("no word of the start in the log");
      if (main.log.includes("compiled again")) throw new Error("the snapshot was not used");
    });
    await run("blocked in every phase", async () => {
      equal((await get("/", { "x-attack": "1" })).status, 403, "phase 1");
      equal((await get("/?q=evil")).status, 403, "phase 2");
      equal((await get("/leak-header")).status, 502, "phase 3");
      const { status, text } = await get("/leak");
      equal(status, 500, "phase 4");
      if (text.includes("SQL syntax")) throw new Error("the leak went out");
      for (const id of [1, 2, 3, 4]) contains(main.log, `[id "${id}"]`, "error log");
    });
    await run("a static file is blocked by its content", async () => {
      equal((await get("/static/leak.html")).status, 500, "status");
      const { status, text } = await get("/static/leak.html", { range: "bytes=3-20" });
      equal(status, 500, `status with a range (${text.length} bytes)`);
      equal(
        (await get("/static/fine.html", { range: "bytes=0-9" })).text.length,
        100_007,
        "range on an inspected file",
      );
    });
    await run("rules and 'coraza off' per location", async () => {
      equal((await get("/?q=strict")).status, 200, "elsewhere");
      equal((await get("/strict/?q=strict")).status, 409, "own rule");
      equal((await get("/strict/?q=evil")).status, 403, "inherited rule");
      equal((await get("/off/?q=evil")).status, 200, "off");
      equal((await get("/off/leak")).status, 200, "off, response");
    });
    await run("a rewritten or tried request meets the rules of where it ends", async () => {
      equal((await get("/rewritten/?q=strict")).status, 409, "rewritten");
      equal((await get("/rewritten/?q=evil")).status, 403, "rewritten, inherited");
      equal((await get("/tried/x?q=evil")).status, 403, "tried");
      equal((await get("/tried/x")).status, 200, "tried, benign");
      equal((await get("/tried/leak")).status, 500, "tried, response");
      equal((await get("/return?q=evil")).status, 200, "return answers before bodies are read, phase 1 only");
      equal((await get("/return", { "x-attack": "1" })).status, 403, "return, phase 1");
    });
    await run("rules are inherited from http through server to location, in this order", async () => {
      const other = new Nginx(join(directory, "inherit"));
      const text = configText({
        directory: other.directory,
        module,
        library,
        http: `
  coraza on;
  coraza_rules 'SecAction "id:1,phase:1,pass,nolog,setvar:tx.order=a"';
  server {
    listen 127.0.0.1:${ports.inherit};
    coraza_rules 'SecAction "id:2,phase:1,pass,nolog,setvar:tx.order=%{tx.order}b"';
    location / {
      coraza_rules 'SecAction "id:3,phase:1,pass,nolog,setvar:tx.order=%{tx.order}c"';
      coraza_rules 'SecRule TX:order "@streq abc" "id:4,phase:1,deny,status:418,log"';
      location /deeper { coraza_rules 'SecRuleRemoveById 4'; return 204; }
      return 204;
    }
    location /off { coraza off; return 204; location /off/on { coraza on; coraza_rules 'SecAction "id:5,phase:1,deny,status:451"'; return 204; } }
  }`,
      });
      await other.start(text, ports.inherit);
      try {
        equal((await send(ports.inherit, "/")).status, 418, "order");
        equal((await send(ports.inherit, "/deeper")).status, 204, "a level below takes a rule away");
        equal((await send(ports.inherit, "/off")).status, 204, "off");
        equal((await send(ports.inherit, "/off/on")).status, 451, "on again");
      } finally {
        await other.stop();
      }
    });
    await run("request bodies in memory, in a file, chunked", async () => {
      const post = (body, headers = form, path = "/") => send(ports.main, path, { method: "POST", headers, body });
      equal((await post("a=1&b=evil")).status, 403, "memory");
      const benign = await post("a=1&b=good");
      equal(benign.status, 200, "memory, benign");
      contains(benign.text, '"bytes":10', "memory, benign");
      const large = `a=${"x".repeat(200_000)}`;
      equal((await post(`${large}&b=evil`)).status, 403, "file");
      const sent = await post(`${large}&b=good`);
      contains(sent.text, createHash("sha256").update(`${large}&b=good`).digest("hex"), "file, benign, complete");
      const chunk = (text) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
      const head =
        "POST / HTTP/1.1\r\nHost: www.example.com\r\nTransfer-Encoding: chunked\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n";
      equal(await sendPieces(ports.main, [head, chunk("a=1&b=ev"), chunk("il"), "0\r\n\r\n"]), 403, "chunked");
      equal(await sendPieces(ports.main, [head, chunk("a=1&b=go"), chunk("od"), "0\r\n\r\n"]), 200, "chunked, benign");
      equal(
        (await post("y".repeat(2_100_000), { "content-type": "text/plain" })).status,
        413,
        "past SecRequestBodyLimit",
      );
      const multipart = `--x\r\nContent-Disposition: form-data; name="n"\r\n\r\nevil\r\n--x\r\nContent-Disposition: form-data; name="f"; filename="f.bin"\r\n\r\n${randomBytes(400_000).toString("latin1")}\r\n--x--\r\n`;
      equal(
        (await post(Buffer.from(multipart, "latin1"), { "content-type": "multipart/form-data; boundary=x" })).status,
        403,
        "multipart upload",
      );
      const expect =
        "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 6\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n";
      let asked = false;
      const { text } = await converse(ports.main, expect, {
        onText: (all, socket) => {
          if (!asked && all.includes("100 Continue")) {
            asked = true;
            socket.write("b=evil");
          }
        },
      });
      contains(text, "HTTP/1.1 403", "after 100-continue");
    });
    await run("HTTP/2", async () => {
      equal((await sendHttp2(ports.http2, "/?a=1")).status, 200, "benign");
      equal((await sendHttp2(ports.http2, "/?a=evil")).status, 403, "phase 2");
      equal((await sendHttp2(ports.http2, "/", { headers: { "x-attack": "1" } })).status, 403, "phase 1");
      equal((await sendHttp2(ports.http2, "/", { method: "POST", headers: form, body: "b=evil" })).status, 403, "body");
      const large = `a=${"x".repeat(300_000)}`;
      contains(
        (await sendHttp2(ports.http2, "/", { method: "POST", headers: form, body: large })).text,
        '"bytes":300002',
        "large body",
      );
      equal((await sendHttp2(ports.http2, "/leak")).status, 500, "phase 4");
      equal((await sendHttp2(ports.http2, "/page")).text.length, 10_007, "page");
    });
    await run("redirect and drop", async () => {
      const moved = await get("/?moved=1");
      equal(moved.status, 302, "status");
      equal(moved.headers.location, "https://example.com/new", "location");
      const home = await send(ports.main, "/missing?home=1", { agent: once() });
      equal(home.status, 303, "status, from the response");
      equal(home.headers.location, "https://example.com/home", "location, from the response");
      equal((await send(ports.main, "/?gone=1", { agent: once() })).status, 0, "drop closes the connection");
    });
    await run("custom error pages, shown once and not inspected", async () => {
      const page = await get("/own-page/?q=evil");
      equal(page.status, 403, "status");
      contains(page.text, "our own page", "page");
      const later = await send(ports.main, "/own-page/leak", { agent: once() });
      equal(later.status, 500, "status, phase 4");
      contains(later.text, "our own page", "page, phase 4");
      equal((await get("/named/?q=evil")).status, 418, "named location");
    });
    await run("variables for the access log, and chosen ids", async () => {
      await get("/id/?id=77&q=evil");
      await get("/?scored=1", { "x-score": "1" });
      await sleep(100);
      contains(access().join("\n"), "403|own-77|403|2|", "blocked");
      contains(access().join("\n"), "|7|/?scored=1", "score");
      contains(main.log, '[unique_id "own-77"]', "error log");
      if (!/^200\|[0-9a-f]{32}\|-\|-\|/m.test(access().join("\n"))) throw new Error("no id by default");
    });
    await run("server-sent events and WebSocket flow", async () => {
      const request = (path, more = "") => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
      const events = await converse(ports.main, request("/events"), { until: (text) => text.includes("data: 4") });
      const first = events.pieces.findIndex(({ text }) => text.includes("data: 0"));
      const last = events.pieces.findIndex(({ text }) => text.includes("data: 4"));
      if (last - first < 3 || events.pieces[last].at - events.pieces[first].at < 250)
        throw new Error("events were held back");
      let spoke = false;
      const socket = await converse(ports.main, request("/socket", "Upgrade: websocket\r\nConnection: Upgrade\r\n"), {
        onText: (text, open) => {
          if (!spoke && text.includes("101 Switching")) {
            spoke = true;
            open.write("ping-through-the-tunnel");
          }
        },
        until: (text) => text.includes("ping-through-the-tunnel"),
        limitMs: 3000,
      });
      contains(socket.text, "ping-through-the-tunnel", "echo");
      const refused = await converse(
        ports.main,
        request("/socket", "X-Attack: 1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"),
        { until: (text) => text.includes("\r\n\r\n") },
      );
      contains(refused.text, "403", "an attack on the upgrade");
    });
    await run("responses wait only for inspection, not past the limit or the longest delay", async () => {
      const request = (path) => `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
      const drip = await converse(ports.main, request("/quick/drip"));
      const at = drip.pieces.find(({ text }) => text.includes("first"))?.at ?? Infinity;
      if (at < 400 || at > 2500) throw new Error(`released after ${Math.round(at)} ms`);
      contains(drip.text, "last", "the rest");
      const whole = await converse(ports.main, request("/drip"));
      contains(whole.text, "first</p>", "held to its end");
      const big = await get("/big");
      equal(big.text.length, 3_000_007, "a body past SecResponseBodyLimit");
      equal((await send(ports.main, "/big", { method: "HEAD" })).status, 200, "HEAD");
      equal(
        (await send(ports.main, "/cut", { agent: once() })).status === 200,
        false,
        "an answer that breaks off is no answer",
      );
      return `released after ${Math.round(at)} ms of 500`;
    });
    await run("one connection, many requests", async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (let n = 0; n < 50; n++) {
        const evil = n % 3 === 0;
        equal(
          (await send(ports.main, `/?n=${n}${evil ? "&q=evil" : ""}`, { agent })).status,
          evil ? 403 : 200,
          `request ${n}`,
        );
      }
      agent.destroy();
      const pipelined = await converse(
        ports.main,
        "GET /?q=evil HTTP/1.1\r\nHost: a\r\n\r\nGET /?q=good HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
      );
      contains(pipelined.text, "403", "pipelined, first");
      contains(pipelined.text, '"url":"/?q=good"', "pipelined, second");
    });
    await run("a worker that is killed is replaced, and the new one blocks", async () => {
      const [before] = main.workers();
      process.kill(before, "SIGKILL");
      for (const end = Date.now() + 20_000; Date.now() < end && (main.workers()[0] ?? before) === before;)
        await sleep(50);
      for (const end = Date.now() + 20_000; Date.now() < end; await sleep(100)) {
        if ((await send(ports.main, "/?a=1", { agent: once() })).status === 200) break;
      }
      equal((await get("/?q=evil")).status, 403, "status");
    });
    await run("bad rules are refused by nginx -t, with every error", () => {
      const bad = join(directory, "bad.conf");
      writeFileSync(bad, 'SecRuleEngine On\nSecRule ARGS "@rx (" "id:1,phase:1,deny"\nSecNonsense On\n');
      const http = (directives) => `server { listen 127.0.0.1:${ports.other}; ${directives} }`;
      const folder = join(directory, "test");
      const refused = testConfig(
        folder,
        configText({ directory: folder, module, library, http: http(`coraza on; coraza_rules_file ${bad};`) }),
      );
      equal(refused.status, 1, "exit code");
      contains(refused.output, "bad.conf:2", "where");
      contains(refused.output, "SecNonsense", "the second error");
      const missing = testConfig(
        folder,
        configText({ directory: folder, module, library, http: http("coraza on; coraza_rules_file /nowhere.conf;") }),
      );
      equal(missing.status, 1, "a file that is missing");
      contains(missing.output, "/nowhere.conf", "a file that is missing");
      const absent = testConfig(
        folder,
        configText({
          directory: folder,
          module,
          library: "/nowhere.so",
          http: http("coraza on; coraza_rules 'SecAction id:1,pass';"),
        }),
      );
      equal(absent.status, 1, "a library that is missing");
      contains(absent.output, "/nowhere.so", "a library that is missing");
      const good = testConfig(
        folder,
        configText({
          directory: folder,
          module,
          library,
          http: http("coraza on; coraza_rules 'SecAction id:1,phase:1,pass';"),
        }),
      );
      equal(good.status, 0, `good rules: ${good.output}`);
    });
    await run("'coraza on' without rules is refused", () => {
      const folder = join(directory, "test");
      const status = (directives) =>
        testConfig(
          folder,
          configText({
            directory: folder,
            module,
            library,
            http: `server { listen 127.0.0.1:${ports.other}; ${directives} }`,
          }),
        );
      const none = status("coraza on;");
      equal(none.status, 1, "none");
      contains(none.output, "without rules", "none");
      equal(status("location /a { coraza on; }").status, 1, "none in a location");
      equal(
        status("coraza on; location / { coraza_rules 'SecAction id:1,phase:1,pass'; }").status,
        0,
        "left to the locations",
      );
      contains(status("coraza on; coraza_rules 'SecRuleEngine On';").output, "no rule", "directives only");
      equal(status("coraza_rules 'SecAction id:1,phase:1,pass';").status, 0, "rules without on");
    });
    await run("reload under load with new rules, no failed request", async () => {
      const codes = new Map();
      let running = true;
      const client = async (path) => {
        // A connection each: an idle one that the old worker closes at this very moment is lost in any nginx.
        while (running) {
          const { status } = await send(ports.main, path, { agent: once() });
          codes.set(`${path} ${status}`, (codes.get(`${path} ${status}`) ?? 0) + 1);
        }
      };
      const clients = ["/?q=good", "/?q=evil", "/?q=newrule"].flatMap((path) => [client(path), client(path)]);
      await sleep(500);
      const changed = mainHttp.replace(
        "SecRuleEngine On",
        'SecRuleEngine On\n SecRule ARGS:q "@streq newrule" "id:50,phase:2,deny,status:429,log"',
      );
      for (let round = 0; round < 3; round++) {
        const [before] = main.workers();
        writeFileSync(main.file, config(round % 2 === 0 ? changed : mainHttp));
        main.signal("SIGHUP");
        for (const end = Date.now() + 30_000; Date.now() < end && (main.workers()[0] ?? before) === before;)
          await sleep(50);
        await sleep(1500);
      }
      running = false;
      await Promise.all(clients);
      const failed = [...codes].filter(([key]) => !/good 200|evil 403|newrule (?:200|429)/.test(key));
      if (failed.length > 0) throw new Error(`failed requests: ${JSON.stringify(failed)}`);
      if (!codes.has("/?q=newrule 429") || !codes.has("/?q=newrule 200"))
        throw new Error(`the new rule: ${JSON.stringify([...codes])}`);
      return `${[...codes.values()].reduce((sum, n) => sum + n, 0)} requests, 3 reloads`;
    });
    await run("a reload with bad rules is refused and the old rules go on", async () => {
      writeFileSync(main.file, config(mainHttp.replace("SecRuleEngine On", "SecNonsense On")));
      const from = main.log.length;
      main.signal("SIGHUP");
      await main.untilLogged("SecNonsense", 30_000, from);
      equal((await get("/?q=evil")).status, 403, "status");
      equal((await get("/?q=good")).status, 200, "status");
      writeFileSync(main.file, config(mainHttp));
    });
    await run("audit and debug logs", async () => {
      const other = new Nginx(join(directory, "audit"));
      const audit = join(other.directory, "audit.log");
      const http = `server { listen 127.0.0.1:${ports.other};
        coraza on; coraza_rules 'SecAuditEngine RelevantOnly\nSecAuditLogRelevantStatus ^4\nSecAuditLog ${audit}\nSecAuditLogFormat JSON\nSecDebugLog ${other.directory}/debug.log\nSecDebugLogLevel 9\nSecRule ARGS:q "@streq evil" "id:1,phase:1,deny,status:403,log,auditlog"';
        location / { return 200 ok; } }`;
      await other.start(configText({ directory: other.directory, module, library, http }), ports.other);
      try {
        await send(ports.other, "/?q=good");
        await send(ports.other, "/?q=evil");
        for (const end = Date.now() + 5000; Date.now() < end && !existsSync(audit);) await sleep(25);
        const lines = readFileSync(audit, "utf8").trim().split("\n");
        equal(lines.length, 1, "entries");
        contains(JSON.stringify(JSON.parse(lines[0])), "/?q=evil", "entry");
      } finally {
        await other.stop();
      }
    });
    await run("a fault inside the engine is a 500 and the worker lives", async () => {
      const other = new Nginx(join(directory, "faults"));
      const http = `server { listen 127.0.0.1:${ports.faults}; coraza on; coraza_rules 'SecRule ARGS:q "@streq evil" "id:1,phase:1,deny,status:403"';
        location / { return 200 ok; } }`;
      await other.start(
        configText({ directory: other.directory, module, library: join(build, "faults/libcoraza.so"), http }),
        ports.faults,
      );
      try {
        const [worker] = other.workers();
        for (const [fault, said] of [
          ["throw", "fault on demand"],
          ["buffers", ""],
          ["loop", "of CPU"],
          ["memory", "out of memory"],
        ]) {
          const { status } = await send(ports.faults, "/", {
            headers: { "x-fault": fault },
            timeoutMs: 60_000,
            agent: once(),
          });
          equal(status, 500, fault);
          await other.untilLogged(said);
          equal(
            (await send(ports.faults, "/", { agent: once(), timeoutMs: 30_000 })).status,
            200,
            `benign after ${fault}`,
          );
          equal((await send(ports.faults, "/?q=evil", { agent: once() })).status, 403, `attack after ${fault}`);
        }
        equal(other.workers()[0], worker, "worker");
      } finally {
        await other.stop();
      }
    });
    await run("the CRS: benign passes, attacks do not, locations share it", async () => {
      if (crs === undefined) return "not run: no CRS";
      const other = new Nginx(join(directory, "crs"));
      const http = `coraza on; coraza_rules_file ${crs};
        server { listen 127.0.0.1:${ports.crs}; location / { proxy_pass http://127.0.0.1:${application}; } location /b/ { proxy_pass http://127.0.0.1:${application}/; } }`;
      await other.start(configText({ directory: other.directory, module, library, http, workers: 2 }), ports.crs);
      try {
        equal((await send(ports.crs, "/page?q=garden+chairs")).status, 200, "benign");
        equal((await send(ports.crs, "/?q=%3Cscript%3Ealert(1)%3C/script%3E")).status, 403, "script");
        equal(
          (
            await send(ports.crs, "/b/", {
              method: "POST",
              headers: form,
              body: "id=1' or 1=1 union select password from users--",
            })
          ).status,
          403,
          "SQL in a body",
        );
        const ready = [...other.log.matchAll(/coraza: (\d+) rules ready after (\d+) ms/g)];
        equal(ready.length, 2, "rule sets started by 2 workers");
        return `${ready[0][1]} rules, workers ready after ${ready.map((line) => line[2]).join(" and ")} ms`;
      } finally {
        await other.stop();
      }
    });
    await run("no process was lost", () => {
      const text = main.log;
      const lost = /worker process \d+ exited (?!with code 0|on signal 9)[^\n]*/.exec(text);
      if (lost !== null) throw new Error(lost[0]);
      if (/\[(?:alert|emerg)\] (?!.*(?:SecNonsense|signal 9|error))/.test(text.replaceAll(/.*coraza: .*/g, ""))) {
        throw new Error(/.*\[(?:alert|emerg)\].*/.exec(text)[0]);
      }
    });
  } finally {
    await main.stop();
  }
}
