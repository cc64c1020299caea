import { createServer } from "node:http";
import { cuirass } from "@cuirass/http/express";
import express from "express";
import { announce, options, port } from "../shared/options.mjs";
import { home, leak } from "../shared/pages.mjs";
import { echoSockets } from "../shared/sockets.mjs";
import { countBytes, sendEvents } from "../shared/streams.mjs";

const app = express();
const waf = cuirass(options);
app.use(waf);
app.use("/items", express.json(), express.urlencoded({ extended: true }));
app.use(waf.parsed);

app.get("/", (request, response) => response.send(home));
app.get("/leak", (request, response) => response.send(leak));
app.get("/events", (request, response) => sendEvents(response));
app.get("/slow", (request, response) => setTimeout(() => response.type("text").send("done"), 500));
app.get("/decision", (request, response) => response.json(request.cuirass));
app.post("/items", (request, response) => response.json(request.body));
app.post("/upload", (request, response, next) => {
  countBytes(request).then((bytes) => response.json({ bytes }), next);
});

const server = createServer(app);
waf.attach(server);
echoSockets(server);
server.listen(port, "127.0.0.1", () => announce(server));
