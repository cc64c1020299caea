import { send, upload } from "../client.mjs";
import { checks, http2Checks } from "../contract.mjs";
import { startExample } from "../server.mjs";

/** Examples, and what of the contract their framework cannot do on Node.js, with the reason. */
const adapters = [
  { name: "node-http", http2: true },
  { name: "express" },
  { name: "express-4" },
  { name: "fastify", http2: true },
  { name: "koa", http2: true },
  { name: "hono" },
  { name: "nest" },
  {
    name: "fetch",
    without: {
      raw: "a Fetch Request has its target normalised, header lines merged and no trailers",
      websocket: "upgrades are the runtime's own affair",
    },
  },
];

/** The contract through every adapter, by the example of its framework; once more with worker threads. */
export async function run(group) {
  for (const adapter of adapters) await runAdapter(group, adapter.name, adapter, {});
  await runAdapter(group, "express with workers", { name: "express" }, { WAF_WORKERS: "2" });
}

async function runAdapter(group, subject, { name, http2 = false, without = {} }, environment) {
  const app = await startExample(name, environment);
  // The first requests make the automata of the rules, on a busy machine for longer than their time budget.
  for (const path of ["/", "/?q=%3Cscript%3Ealert(1)%3C/script%3E", "/leak"]) await send(app.port, path);
  await upload(app.port, "/upload", 2_000_000);
  try {
    for (const { name: check, can, run } of checks) {
      if (without[can] === undefined) await group.check(subject, check, () => run(app));
      else group.notRun(`${subject}: ${check}`, without[can]);
    }
  } finally {
    await app.stop();
  }
  if (!http2) return;
  const second = await startExample(name, { ...environment, HTTP2: "1" });
  try {
    for (const { name: check, run } of http2Checks) await group.check(subject, check, () => run(second));
  } finally {
    await second.stop();
  }
}
