import { serve } from "@hono/node-server";
import { createHttpWaf } from "@cuirass/http";
import { cuirass } from "@cuirass/http/hono-node";
import { protectServer } from "@cuirass/http/node-http";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { announce, options, port } from "../shared/options.mjs";
import { home, leak } from "../shared/pages.mjs";
import { echoSockets } from "../shared/sockets.mjs";
import { countBytes } from "../shared/streams.mjs";

const waf = createHttpWaf(options);
const app = new Hono();
app.use(cuirass(waf));

app.get("/", (c) => c.html(home));
app.get("/leak", (c) => c.html(leak));
app.get("/events", (c) =>
  streamSSE(c, async (stream) => {
    await stream.writeSSE({ data: "first" });
    await stream.sleep(1000);
    await stream.writeSSE({ data: "last" });
  }),
);
app.get("/slow", async (c) => {
  await new Promise((resolve) => setTimeout(resolve, 500));
  return c.text("done");
});
app.get("/decision", (c) => c.json(c.get("cuirass")));
app.post("/items", async (c) => {
  const isJson = c.req.header("content-type")?.startsWith("application/json");
  return c.json(isJson ? await c.req.json() : await c.req.parseBody());
});
app.post("/upload", async (c) => c.json({ bytes: await countBytes(c.req.raw.body) }));

const server = serve({ fetch: app.fetch, port, hostname: "127.0.0.1" }, () => announce(server));
// WebSockets and "Expect: 100-continue" never reach Hono; the server has them.
protectServer(server, waf);
echoSockets(server);
