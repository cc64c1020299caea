import { createServer } from "node:http";
import express from "express";
import Fastify from "fastify";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import type { HttpDecision } from "@cuirass/http";
import { cuirass as expressWaf } from "@cuirass/http/express";
import { cuirass as fastifyWaf } from "@cuirass/http/fastify";
import { cleanUp, exchange, get, listen, post, rules, testWaf } from "./support.ts";

// "attack" in UTF-7, which body-parser decodes when the charset says so; no rule sees the word in the bytes.
const hidden = '{"a":"+AGEAdAB0AGEAYwBr-"}';
const json = "application/json; charset=utf-7";

async function start(directives: string = rules): Promise<{ port: number; decisions: HttpDecision[] }> {
  const decisions: HttpDecision[] = [];
  const app = express();
  const waf = expressWaf({
    waf: testWaf(directives),
    hooks: { decision: (decision) => void decisions.push(decision) },
  });
  app.use(waf);
  app.use(
    express.json({ type: "*/json" }),
    express.urlencoded({ extended: true }),
    express.json({ type: "text/plain" }),
  );
  app.use(waf.parsed);
  app.use((request, response) => void response.json(request.body ?? null));
  return { port: await listen(createServer(app)), decisions };
}

describe("what the body parser reads and the rules do not see", () => {
  test("is inspected as arguments", async () => {
    const { port, decisions } = await start();
    expect(await exchange(port, post("/", json, hidden))).toMatchObject({ status: 403 });
    await expect.poll(() => decisions.length).toBe(1);
    expect(decisions[0]).toMatchObject({ verdict: "blocked", matchedRules: [{ id: 1 }] });
  });

  test("is JSON in a body that no body processor reads", async () => {
    const { port } = await start();
    expect(await exchange(port, post("/", "text/plain", '{"a":"\\u0061ttack"}'))).toMatchObject({ status: 403 });
  });

  test("can be acted on by itself", async () => {
    const rule = 'SecRule TX:parsed_disagreement "@contains body" "id:30,phase:2,deny,status:409,log"';
    const { port } = await start(`${rules}\n${rule}`);
    expect(await exchange(port, post("/", json, '{"a":"+AGI-"}'))).toMatchObject({ status: 409 });
  });
});

test("agreement costs no second look, however values are nested and written", async () => {
  const rule = 'SecRule &TX:parsed_disagreement "@gt 0" "id:30,phase:2,deny,status:409,log"';
  const { port } = await start(`${rules}\n${rule}`);
  const form = "application/x-www-form-urlencoded";
  const ask = async (request: string): Promise<string> =>
    Buffer.from((await exchange(port, request)).body, "latin1").toString();
  expect(await ask(post("/?x=1&x=2&y[z]=%C3%A9", form, "a[b][]=1&a[b][]=2&c=d+e%20f&k"))).toBe(
    '{"a":{"b":["1","2"]},"c":"d e f","k":""}',
  );
  expect(await ask(post("/", "application/json", '{"a":{"b.c":["\\u00e9",1,true,null]}}'))).toBe(
    '{"a":{"b.c":["é",1,true,null]}}',
  );
  expect(await exchange(port, get("/"))).toMatchObject({ status: 200 });
});

test("Fastify compares by itself", async () => {
  const app = Fastify();
  await app.register(fastifyWaf, { waf: testWaf() });
  app.addContentTypeParser("text/odd", { parseAs: "string" }, (_request, body, done) =>
    done(null, { text: Buffer.from(String(body), "hex").toString() }),
  );
  app.post("/:name", (request) => request.body);
  await app.listen({ port: 0, host: "127.0.0.1" });
  cleanUp(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  const hex = (text: string): string => Buffer.from(text).toString("hex");
  expect(await exchange(port, post("/x", "text/odd", hex("attack")))).toMatchObject({ status: 403 });
  expect(await exchange(port, post("/x", "text/odd", hex("harmless")))).toMatchObject({ status: 200 });
  const injected = await app.inject({ method: "POST", url: "/x?a=attack" });
  expect(injected.statusCode).toBe(403);
});
