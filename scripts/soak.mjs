// npm run soak -- --minutes N [--json FILE] [--subjects express,fastify]: mixed traffic for a long time. Every answer is
// judged: benign requests pass and come back whole, attacks are stopped, and memory stays flat.
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { sleep } from "./e2e/programs.mjs";
import { keepAlive, send, talk, upload } from "./e2e-http/client.mjs";
import { startExample } from "./e2e-http/server.mjs";

const { values: options } = parseArgs({
  options: {
    minutes: { type: "string", default: "60" },
    json: { type: "string" },
    subjects: { type: "string", default: "express,fastify" },
    clients: { type: "string", default: "6" },
  },
});
process.chdir(resolve(import.meta.dirname, ".."));

const form = { "content-type": "application/x-www-form-urlencoded" };
const json = { "content-type": "application/json" };
const attack = "1' UNION SELECT username, password FROM users-- -";
const script = "%3Cscript%3Ealert(document.cookie)%3C/script%3E";
const browser = "Host: www.example.com\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\n";

/** Requests that are all different, with the statuses that are right for them. */
const traffic = [
  {
    weight: 40,
    name: "page",
    right: [200],
    run: (app, n, agent) => send(app.port, `/?page=${n}&q=word${n % 97}`, { agent }),
  },
  {
    weight: 10,
    name: "form",
    right: [200],
    run: (app, n, agent) =>
      send(app.port, "/items", { agent, method: "POST", headers: form, body: `name=Anna+${n}&town=K%C3%B6ln` }),
    whole: (text, n) => text === `{"name":"Anna ${n}","town":"Köln"}`,
  },
  {
    weight: 10,
    name: "JSON",
    right: [200],
    run: (app, n, agent) =>
      send(app.port, "/items", { agent, method: "POST", headers: json, body: `{"n":${n},"list":["a","b"]}` }),
    whole: (text, n) => text === `{"n":${n},"list":["a","b"]}`,
  },
  {
    weight: 5,
    name: "upload",
    right: [200, 201],
    run: (app, n) => upload(app.port, "/upload", 300_000 + (n % 7) * 500_000),
  },
  { weight: 2, name: "oversize", right: [413], run: (app) => upload(app.port, "/items", 1_500_000) },
  {
    weight: 10,
    name: "attack by URI",
    right: [403],
    run: (app, n, agent) => send(app.port, `/?n=${n}&q=${script}`, { agent }),
  },
  {
    weight: 5,
    name: "attack by form",
    right: [403],
    run: (app, n, agent) =>
      send(app.port, "/items", {
        agent,
        method: "POST",
        headers: form,
        body: `n=${n}&id=${encodeURIComponent(attack)}`,
      }),
  },
  {
    weight: 5,
    name: "response that leaks",
    right: [403],
    run: (app, n, agent) => send(app.port, `/leak?n=${n}`, { agent }),
  },
  {
    weight: 3,
    name: "abort",
    right: [0],
    run: async (app, n) => {
      const body = "x".repeat(n % 2 === 0 ? 10 : 200_000);
      const request = `POST /upload HTTP/1.1\r\n${browser}Content-Length: 300000\r\n\r\n${body}`;
      await talk(app.port, request, { timeoutMs: 50 });
      return { status: 0, text: "" };
    },
  },
];
const wheel = traffic.flatMap((kind) => Array.from({ length: kind.weight }, () => kind));

async function soak(subject) {
  const workers = subject.endsWith("+workers");
  const app = await startExample(subject.replace("+workers", ""), { WAF_WORKERS: workers ? "1" : "0" });
  const counts = {};
  const wrong = {};
  let n = 0;
  const end = Date.now() + Number(options.minutes) * 60_000;
  const client = async (seed) => {
    const agent = keepAlive();
    for (let turn = seed; Date.now() < end; turn++) {
      const kind = wheel[(turn * 37) % wheel.length];
      const id = ++n;
      const { status, text } = await kind.run(app, id, agent);
      counts[kind.name] = (counts[kind.name] ?? 0) + 1;
      if (kind.right.includes(status) && (kind.whole?.(text, id) ?? true)) continue;
      const answer = `${kind.name}: ${status} ${text.slice(0, 80)}`;
      wrong[answer] = (wrong[answer] ?? 0) + 1;
    }
    agent.destroy();
  };
  const memory = [];
  const watch = async () => {
    const step = Math.max(2000, (Number(options.minutes) * 60_000) / 60);
    while (Date.now() < end) {
      await sleep(Math.min(step, Math.max(0, end - Date.now())));
      memory.push(Math.round(app.rssMiB()));
      const minutes = (Number(options.minutes) - (end - Date.now()) / 60_000).toFixed(1);
      console.log(`${subject}: minute ${minutes}: ${n} requests, ${memory.at(-1)} MiB, ${sum(wrong)} wrong`);
    }
  };
  await Promise.all([watch(), ...Array.from({ length: Number(options.clients) }, (_, seed) => client(seed * 13))]);
  await app.stop();
  const quarter = Math.floor(memory.length / 4);
  const early = median(memory.slice(quarter, 2 * quarter));
  const late = median(memory.slice(-quarter));
  // Four samples a quarter at least, or there is nothing to compare.
  const flat = quarter < 4 ? undefined : late <= early * 1.1 + 16;
  return { subject, requests: n, counts, wrong, memoryMiB: memory, earlyMiB: early, lateMiB: late, flat };
}

const sum = (counts) => Object.values(counts).reduce((total, count) => total + count, 0);
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const results = [];
let failed = 0;
for (const subject of options.subjects.split(",")) {
  const result = await soak(subject);
  results.push(result);
  const memory =
    result.flat === undefined ? "too short to judge memory" : `memory ${result.earlyMiB} to ${result.lateMiB} MiB`;
  console.log(`${subject}: ${result.requests} requests, ${sum(result.wrong)} wrong answers, ${memory}`);
  for (const [answer, count] of Object.entries(result.wrong)) console.log(`  ${count} x ${answer}`);
  if (sum(result.wrong) > 0 || result.flat === false || result.requests === 0) failed++;
}
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, undefined, 2)}\n`);
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
