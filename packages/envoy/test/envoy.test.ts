import { gzipSync } from "node:zlib";
import { Client, credentials } from "@grpc/grpc-js";
import { afterEach, expect, test, vi } from "vitest";
import type { Host } from "@cuirass/engine";
import { createWaf } from "@cuirass/engine";
import { createNodeHost } from "@cuirass/node";
import type { EnvoyPolicy } from "@cuirass/envoy";
import { createEnvoyService } from "@cuirass/envoy";
import { externalProcessor, health } from "../src/protocol.ts";
import { EnvoyClient, headerMap, post, requestHeaders, responseHeaders } from "./envoy-client.ts";

const rules = `
SecRuleEngine On
SecRequestBodyAccess On
SecResponseBodyAccess On
SecResponseBodyMimeType text/html
SecRequestBodyLimit 100000
SecRequestBodyLimitAction Reject
SecResponseBodyLimitAction ProcessPartial
SecRule ARGS "@contains attack" "id:1,phase:2,deny,status:403,log"
SecRule REQUEST_HEADERS:X-Drop "@streq yes" "id:2,phase:1,drop,log"
SecRule REQUEST_URI "@beginsWith /old" "id:3,phase:1,redirect:/new,status:301,log"
SecRule RESPONSE_BODY "@contains secret" "id:4,phase:4,deny,status:500,log"
SecRule RESPONSE_HEADERS:X-Leak "@unconditionalMatch" "id:5,phase:3,deny,status:502,log"
SecRule REQUEST_HEADERS:X-Trailer "@contains attack" "id:7,phase:2,deny,status:403,log"
SecRule REMOTE_ADDR "@streq 192.0.2.66" "id:8,phase:1,deny,status:403,log"
SecRule REQUEST_PROTOCOL "!@streq HTTP/2.0" "id:9,phase:1,deny,status:505,log"
`;
const policy: EnvoyPolicy = {
  onFault: "block",
  compressedRequests: "inspect",
  compressedResponses: "inspect",
  requestBodyMode: "BUFFERED",
  responseBodyMode: "BUFFERED",
};
const form = "application/x-www-form-urlencoded";
const streamed = { requestBodyMode: "STREAMED", responseBodyMode: "STREAMED" } as const;
const duplex = { requestBodyMode: "FULL_DUPLEX_STREAMED", responseBodyMode: "FULL_DUPLEX_STREAMED" } as const;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function start(more: { directives?: string; host?: Host; policy?: Partial<EnvoyPolicy> } = {}) {
  const host = more.host === undefined ? {} : { host: more.host };
  const strict = createWaf({
    directives: more.directives ?? rules,
    ...host,
    onFaultPolicy: more.policy?.onFault ?? "block",
  });
  const detecting = createWaf({ directives: rules, ruleEngine: "DetectionOnly" });
  const done: [number, number[]][] = [];
  const faults: string[] = [];
  const warnings: string[] = [];
  const service = createEnvoyService({
    waf: (name) => ({ default: strict, detect: detecting })[name],
    policy: { ...policy, ...more.policy },
    onExchange: (tx, status) => done.push([status, tx.matchedRules.map(({ rule }) => rule.id)]),
    onFault: (kind, _message, answer) => faults.push(`${kind} ${answer}`),
    onWarning: (message) => warnings.push(message),
  });
  const port = await service.listen("127.0.0.1:0");
  const envoy = new EnvoyClient(port);
  cleanups.push(() => service.close(200));
  cleanups.push(() => envoy.close());
  return { envoy, port, service, done, faults, warnings };
}

const body = (text: string | Uint8Array, end = true) => ({
  requestBody: { body: Buffer.from(text), endOfStream: end },
});
const answerBody = (text: string | Uint8Array, end = true) => ({
  responseBody: { body: Buffer.from(text), endOfStream: end },
});

test("a harmless exchange goes through, and is told of when it is over", async () => {
  const { envoy, done } = await start();
  const exchange = envoy.open();
  expect(await exchange.ask(requestHeaders("/?x=1"))).toEqual({ requestHeaders: {} });
  expect(await exchange.ask(responseHeaders(200, [["content-type", "text/html"]]))).toEqual({ responseHeaders: {} });
  expect(await exchange.ask(answerBody("<p>hello"))).toEqual({ responseBody: {} });
  await exchange.end();
  expect(done).toEqual([[200, []]]);
});

test("a blocked request is answered at once, with a page that carries the id", async () => {
  const { envoy, done } = await start();
  const exchange = envoy.open();
  const answer = (await exchange.ask(requestHeaders("/?x=attack")))!.immediateResponse!;
  expect(answer.status.code).toBe(403);
  expect(answer.details).toBe("cuirass_deny_1");
  expect(Buffer.from(answer.body).toString()).toMatch(/<code>[\w-]{20}<\/code>/);
  const names = answer.headers.setHeaders.map(
    ({ header }) => `${header.key}: ${Buffer.from(header.rawValue!).toString()}`,
  );
  expect(names).toContain("content-type: text/html; charset=utf-8");
  await exchange.end();
  expect(done).toEqual([[403, [1]]]);
});

test("redirect, drop, JSON, gRPC and the client's address", async () => {
  const { envoy } = await start();
  const code = async (message: Parameters<ReturnType<typeof envoy.open>["ask"]>[0]) => {
    const exchange = envoy.open();
    const answer = (await exchange.ask(message))!.immediateResponse!;
    await exchange.end();
    return answer;
  };
  const moved = await code(requestHeaders("/old"));
  expect([moved.status.code, Buffer.from(moved.headers.setHeaders[0]!.header.rawValue!).toString()]).toEqual([
    301,
    "/new",
  ]);
  const dropped = await code(requestHeaders("/", { headers: [["x-drop", "yes"]] }));
  expect([dropped.status.code, dropped.headers.setHeaders[0]!.header.key]).toEqual([403, "connection"]);
  const json = await code(requestHeaders("/?x=attack", { headers: [["accept", "application/json"]] }));
  expect(JSON.parse(Buffer.from(json.body).toString())).toMatchObject({ status: 403 });
  const grpc = await code(requestHeaders("/?x=attack", { headers: [["content-type", "application/grpc"]] }));
  expect(grpc.grpcStatus).toEqual({ status: 7 });
  expect((await code(requestHeaders("/", { client: "192.0.2.66:1" }))).status.code).toBe(403);
  expect((await code(requestHeaders("/", { protocol: "HTTP/1.1" }))).status.code).toBe(505);
});

test("buffered bodies: inspected whole, compressed ones unpacked", async () => {
  const { envoy } = await start();
  const send = async (content: string | Uint8Array, headers: [string, string][] = []) => {
    const exchange = envoy.open();
    const opened = await exchange.ask(post(form, { headers }));
    const answer = opened?.immediateResponse === undefined ? await exchange.ask(body(content)) : opened;
    await exchange.end();
    return answer?.immediateResponse?.status.code ?? answer;
  };
  expect(await send("x=fine")).toEqual({ requestBody: {} });
  expect(await send("x=attack")).toBe(403);
  expect(await send("x".repeat(100_001))).toBe(413);
  expect(await send(gzipSync("x=attack"), [["content-encoding", "gzip"]])).toBe(403);
  expect(await send(gzipSync("x=fine"), [["content-encoding", "gzip"]])).toEqual({ requestBody: {} });
  expect(await send("no gzip", [["content-encoding", "gzip"]])).toBe(415);
  expect(await send("x", [["content-encoding", "zstd"]])).toBe(415);
});

test("streamed bodies: the last piece goes on only when the whole is harmless", async () => {
  const { envoy } = await start();
  const exchange = envoy.open();
  await exchange.ask(post(form, { modes: streamed }));
  expect(await exchange.ask(body("x=at", false))).toEqual({ requestBody: {} });
  expect((await exchange.ask(body("tack")))?.immediateResponse?.status.code).toBe(403);
  await exchange.end();
});

test("full-duplex bodies: nothing goes on before the verdict, then all of it, in order", async () => {
  const { envoy } = await start();
  const bad = envoy.open();
  await bad.ask(post(form, { modes: duplex }));
  bad.post(body("x=at", false));
  expect(await bad.silent()).toBe(true);
  expect((await bad.ask(body("tack")))?.immediateResponse?.status.code).toBe(403);
  await bad.end();

  const good = envoy.open();
  await good.ask(post(form, { modes: duplex }));
  good.post(body("x=", false));
  good.post(body("fine", false));
  good.post({ requestTrailers: { trailers: headerMap([["x-trailer", "fine"]]) } });
  const pieces = [await good.next(), await good.next()].map(
    (answer) => answer!.requestBody!.response!.bodyMutation!.streamedResponse,
  );
  expect(pieces.map((piece) => Buffer.from(piece.body).toString())).toEqual(["x=", "fine"]);
  expect(await good.next()).toEqual({ requestTrailers: {} });
  await good.end();
});

test("full-duplex bodies past the limit flow once their beginning is inspected", async () => {
  const { envoy } = await start({
    directives: rules.replace("SecRequestBodyLimitAction Reject", "SecRequestBodyLimitAction ProcessPartial"),
  });
  const exchange = envoy.open();
  await exchange.ask(post("application/octet-stream", { modes: duplex }));
  exchange.post(body("x".repeat(60_000), false));
  expect(await exchange.silent()).toBe(true);
  exchange.post(body("x".repeat(60_000), false));
  const sizes = [await exchange.next(), await exchange.next()].map(
    (answer) => answer!.requestBody!.response!.bodyMutation!.streamedResponse.body.length,
  );
  expect(sizes).toEqual([60_000, 60_000]);
  const last = await exchange.ask(body("end"));
  expect(last!.requestBody!.response!.bodyMutation!.streamedResponse.endOfStream).toBe(true);
  await exchange.end();
});

test("trailers are inspected", async () => {
  const { envoy } = await start();
  const exchange = envoy.open();
  await exchange.ask(post(form, { modes: streamed }));
  await exchange.ask(body("x=1", false));
  const answer = await exchange.ask({ requestTrailers: { trailers: headerMap([["x-trailer", "attack"]]) } });
  expect(answer?.immediateResponse?.status.code).toBe(403);
  await exchange.end();
});

test("a body that Envoy has cut is refused when it has to be whole", async () => {
  const { envoy } = await start();
  const exchange = envoy.open();
  await exchange.ask(post(form, { modes: { requestBodyMode: "BUFFERED_PARTIAL", responseBodyMode: "NONE" } }));
  expect((await exchange.ask(body("x=1", false)))?.immediateResponse?.status.code).toBe(413);
  await exchange.end();
});

test("responses: blocked by header and by body, also when the body comes in pieces and compressed", async () => {
  const { envoy } = await start();
  const respond = async (headers: [string, string][], pieces: Uint8Array[]) => {
    const exchange = envoy.open();
    await exchange.ask(requestHeaders("/", { modes: streamed }));
    let answer = await exchange.ask(responseHeaders(200, headers));
    for (const [index, piece] of pieces.entries()) {
      if (answer?.immediateResponse !== undefined) break;
      answer = await exchange.ask(answerBody(piece, index === pieces.length - 1));
    }
    await exchange.end();
    return answer?.immediateResponse?.status.code ?? answer;
  };
  const html: [string, string] = ["content-type", "text/html"];
  expect(await respond([["x-leak", "1"]], [])).toBe(502);
  expect(await respond([html], [Buffer.from("a sec"), Buffer.from("ret")])).toBe(500);
  expect(await respond([html, ["content-encoding", "gzip"]], [gzipSync("a secret")])).toBe(500);
  expect(await respond([html], [Buffer.from("a page")])).toEqual({ responseBody: {} });
});

test("bodies that nobody wants are not asked for", async () => {
  const { envoy } = await start();
  const none = {
    requestBodyMode: "BUFFERED",
    responseHeaderMode: "SEND",
    requestTrailerMode: "SKIP",
    responseTrailerMode: "SKIP",
  };
  for (const type of ["image/png", "text/event-stream"]) {
    const exchange = envoy.open();
    await exchange.ask(requestHeaders("/"));
    const answer = await exchange.ask(responseHeaders(200, [["content-type", type]]));
    expect(answer).toMatchObject({
      responseHeaders: {},
      modeOverride: { responseHeaderMode: none.responseHeaderMode },
    });
    expect(answer?.modeOverride?.responseBodyMode ?? "NONE").toBe("NONE");
    await exchange.end();
  }
});

test("a WebSocket opens without waiting for a body; an incomplete handshake is no such thing", async () => {
  const { envoy } = await start();
  const handshake: [string, string][] = [
    ["connection", "Upgrade"],
    ["upgrade", "websocket"],
    ["sec-websocket-version", "13"],
    ["sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="],
  ];
  const complete = envoy.open();
  expect((await complete.ask(requestHeaders("/chat", { headers: handshake, end: false })))?.modeOverride).toBeDefined();
  await complete.end();
  const incomplete = envoy.open();
  expect(
    (await incomplete.ask(requestHeaders("/chat", { headers: handshake.slice(0, 3), end: false })))?.modeOverride,
  ).toBeUndefined();
  await incomplete.end();
  const blocked = envoy.open();
  expect(
    (await blocked.ask(requestHeaders("/chat?x=attack", { headers: handshake, end: false })))?.immediateResponse?.status
      .code,
  ).toBe(403);
  await blocked.end();
});

test("gRPC streams pass where Envoy's configuration says so, and only complete ones", async () => {
  const { envoy } = await start();
  const call: [string, string][] = [
    ["content-type", "application/grpc"],
    ["te", "trailers"],
  ];
  const ask = async (initial: Record<string, string>, headers: [string, string][]) => {
    const exchange = envoy.open(initial);
    const answer = await exchange.ask(requestHeaders("/s/M", { method: "POST", headers, end: false }));
    await exchange.end();
    return answer?.modeOverride !== undefined;
  };
  expect(await ask({ "cuirass-grpc": "pass" }, call)).toBe(true);
  expect(await ask({ "cuirass-grpc": "pass" }, call.slice(0, 1))).toBe(false);
  expect(await ask({}, call)).toBe(false);
});

test("Envoy's configuration chooses the rule set; one that does not exist is an error, not a pass", async () => {
  const { envoy, faults, done } = await start();
  const detecting = envoy.open({ "cuirass-rule-set": "detect" });
  expect(await detecting.ask(requestHeaders("/?x=attack"))).toEqual({ requestHeaders: {} });
  await detecting.end();
  expect(done[0]![1]).toEqual([1]);
  const unknown = envoy.open({ "cuirass-rule-set": "nope" });
  expect(await unknown.ask(requestHeaders("/"))).toBeUndefined();
  expect(unknown.error).toMatchObject({ code: 9 });
  expect(faults).toEqual(["rule-set block"]);
});

test("observability mode gets no answers, and is inspected all the same", async () => {
  const { envoy, done } = await start();
  const exchange = envoy.open();
  exchange.post({ ...requestHeaders("/?x=attack"), observabilityMode: true });
  expect(await exchange.silent()).toBe(true);
  await exchange.end();
  expect(done[0]![1]).toEqual([1]);
});

test("a client that leaves is an exchange that is over", async () => {
  const { envoy, done, service } = await start();
  const exchange = envoy.open();
  await exchange.ask(post(form));
  expect(service.sessionCount).toBe(1);
  exchange.cancel();
  await vi.waitFor(() => expect(service.sessionCount).toBe(0), { timeout: 20_000, interval: 20 });
  expect(done).toEqual([[0, []]]);
});

test("a missing client address is told of", async () => {
  const { envoy, warnings } = await start();
  const exchange = envoy.open();
  const { attributes: _attributes, ...message } = requestHeaders("/");
  await exchange.ask(message);
  await exchange.end();
  expect(warnings[0]).toContain("source.address");
});

test("a full disk ends in the policy", async () => {
  const host: Host = {
    ...createNodeHost(),
    tempStorage: {
      create: () => {
        throw new Error("ENOSPC: no space left on device");
      },
    },
  };
  const directives = `${rules}\nSecRequestBodyInMemoryLimit 100\n`;
  for (const [onFault, expected] of [
    ["block", 500],
    ["pass", undefined],
  ] as const) {
    const { envoy, faults } = await start({ directives, host, policy: { onFault } });
    const exchange = envoy.open();
    await exchange.ask(post("text/plain"));
    expect((await exchange.ask(body("x".repeat(1000))))?.immediateResponse?.status.code).toBe(expected);
    await exchange.end();
    expect(faults).toEqual([`temporary-storage ${onFault}`]);
  }
});

test("many exchanges run side by side on one connection", async () => {
  const { envoy, done } = await start();
  const codes = await Promise.all(
    Array.from({ length: 100 }, async (_none, index) => {
      const exchange = envoy.open();
      await exchange.ask(post(form));
      const answer = await exchange.ask(body(index % 2 === 0 ? "x=attack" : "x=fine"));
      await exchange.end();
      return answer?.immediateResponse?.status.code;
    }),
  );
  expect(codes.filter((code) => code === 403)).toHaveLength(50);
  expect(done).toHaveLength(100);
});

test("answers health checks", async () => {
  const { port } = await start();
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  cleanups.push(() => client.close());
  const { Check: check } = health as unknown as {
    Check: { path: string; requestSerialize(value: object): Buffer; responseDeserialize(bytes: Buffer): object };
  };
  const answer = await new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      check.path,
      (value: object) => check.requestSerialize(value),
      (bytes) => check.responseDeserialize(bytes),
      {},
      (error, value) => (error === null ? resolve(value) : reject(error)),
    );
  });
  expect(answer).toEqual({ status: "SERVING" });
});

/** Wire bytes written by hand after the numbers in Envoy's reference: both sides of a test could share a mistake. */
const field = (number: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.from([(number << 3) | 2, content.length]), content]);

test("the numbers of fields are Envoy's", () => {
  const { Process: method } = externalProcessor as unknown as {
    Process: { path: string; requestDeserialize(bytes: Buffer): object; responseSerialize(value: object): Buffer };
  };
  expect(method.path).toBe("/envoy.service.ext_proc.v3.ExternalProcessor/Process");
  const line = field(1, Buffer.concat([field(1, Buffer.from(":path")), field(3, Buffer.from("/x"))]));
  const message = Buffer.concat([
    field(2, Buffer.concat([field(1, line), Buffer.from([0x18, 1])])),
    Buffer.from([10 << 3, 1]),
    field(11, Buffer.from([0x08, 4, 0x10, 2])),
  ]);
  expect(method.requestDeserialize(message)).toEqual({
    requestHeaders: { headers: { headers: [{ key: ":path", rawValue: Buffer.from("/x") }] }, endOfStream: true },
    observabilityMode: true,
    protocolConfig: { requestBodyMode: "FULL_DUPLEX_STREAMED", responseBodyMode: "BUFFERED" },
  });
  const answer = {
    immediateResponse: {
      status: { code: 403 },
      headers: {
        setHeaders: [{ header: { key: "a", rawValue: Buffer.from("b") }, appendAction: "OVERWRITE_IF_EXISTS_OR_ADD" }],
      },
      body: Buffer.from("no"),
      details: "d",
    },
    modeOverride: { responseBodyMode: "BUFFERED" },
  };
  const option = Buffer.concat([
    field(1, Buffer.concat([field(1, Buffer.from("a")), field(3, Buffer.from("b"))])),
    Buffer.from([0x18, 2]),
  ]);
  expect(method.responseSerialize(answer)).toEqual(
    Buffer.concat([
      field(
        7,
        Buffer.concat([
          field(1, Buffer.from([0x08, 0x93, 0x03])),
          field(2, field(1, option)),
          field(3, Buffer.from("no")),
          field(5, Buffer.from("d")),
        ]),
      ),
      field(9, Buffer.from([0x20, 2])),
    ]),
  );
  const piece = {
    requestBody: { response: { bodyMutation: { streamedResponse: { body: Buffer.from("x"), endOfStream: true } } } },
  };
  expect(method.responseSerialize(piece)).toEqual(
    field(3, field(1, field(3, field(3, Buffer.concat([field(1, Buffer.from("x")), Buffer.from([0x10, 1])]))))),
  );
});
