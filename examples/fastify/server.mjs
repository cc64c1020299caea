import formbody from "@fastify/formbody";
import { cuirass } from "@cuirass/http/fastify";
import Fastify from "fastify";
import { announce, options, port } from "../shared/options.mjs";
import { home, leak } from "../shared/pages.mjs";
import { echoSockets } from "../shared/sockets.mjs";
import { countBytes, sendEvents } from "../shared/streams.mjs";

const http2 = process.env.HTTP2 === "1";
const app = Fastify({ http2 });
await app.register(cuirass, options);
await app.register(formbody);

app.get("/", (request, reply) => reply.type("text/html").send(home));
app.get("/leak", (request, reply) => reply.type("text/html").send(leak));
app.get("/events", (request, reply) => {
  reply.hijack();
  sendEvents(reply.raw);
});
app.get("/slow", async () => {
  await new Promise((resolve) => setTimeout(resolve, 500));
  return "done";
});
app.get("/decision", async (request) => request.cuirass);
app.post("/items", async (request) => request.body);
await app.register(async (uploads) => {
  uploads.removeAllContentTypeParsers();
  uploads.addContentTypeParser("*", (request, payload, done) => done(null, payload));
  uploads.post("/upload", async (request) => ({ bytes: await countBytes(request.body) }));
});

if (!http2) echoSockets(app.server);
await app.listen({ port, host: "127.0.0.1" });
announce(app.server);
