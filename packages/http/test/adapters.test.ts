import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { HttpDecision } from "@cuirass/http";
import { apps } from "./apps.ts";
import { exchange, get, post, testWaf } from "./support.ts";

const form = "application/x-www-form-urlencoded";

describe.each(Object.entries(apps))("%s", (name, start) => {
  const seen: [decision: HttpDecision, status: number][] = [];
  const run = (): Promise<number> => {
    seen.length = 0;
    return start({
      waf: testWaf(),
      hooks: {
        decision: (decision, _request, status) => seen.push([decision, status]),
        blocked: () => undefined,
      },
    });
  };

  test("lets a harmless request and its response through", async () => {
    const response = await exchange(await run(), get("/html?q=1"));
    expect(response).toMatchObject({ status: 200, body: "<p>hello</p>" });
    await expect.poll(() => seen.length).toBe(1);
    expect(seen[0]).toMatchObject([{ verdict: "passed" }, 200]);
  });

  test("stops a request by its query and by a header", async () => {
    const port = await run();
    expect(await exchange(port, get("/html?q=attack"))).toMatchObject({ status: 403 });
    const byHeader = await exchange(port, get("/html", "X-Test: attack\r\nAccept: application/json\r\n"));
    expect(byHeader.status).toBe(403);
    expect(JSON.parse(byHeader.body)).toMatchObject({ status: 403 });
    await expect.poll(() => seen.length).toBe(2);
    expect(seen[0]).toMatchObject([{ verdict: "blocked", scores: { anomaly_score: 5 } }, 403]);
    expect(seen[0]![0].matchedRules.map(({ id }) => id)).toEqual([1]);
  });

  test("stops a request by its body", async () => {
    const port = await run();
    expect(await exchange(port, post("/", form, "a=1&b=attack"))).toMatchObject({ status: 403 });
    expect(await exchange(port, post("/", "application/json", '{"a":["attack"]}'))).toMatchObject({ status: 403 });
  });

  test.each([10, 70_000, 280_000])("hands a body of %d bytes on as it came", async (size) => {
    let body = "";
    for (let at = 0; body.length < size; at++) body += String.fromCharCode(at % 256, 200 + (at % 50), at % 7);
    body = body.slice(0, size);
    const response = await exchange(await run(), post("/", "application/octet-stream", body));
    expect(response.status).toBe(200);
    expect(response.body === body).toBe(true);
  });

  test("hands a chunked body on that comes in pieces", async () => {
    const head = get("/", "Content-Type: text/x\r\nTransfer-Encoding: chunked\r\n").replace("GET", "POST");
    const response = await exchange(await run(), [head, "3\r\nabc\r\n", "3\r\ndef\r\n", "0\r\n\r\n"]);
    expect(response).toMatchObject({ status: 200, body: "abcdef" });
  });

  test("inspects a compressed body and hands it on compressed", async () => {
    const port = await run();
    const attack = gzipSync("a=attack").toString("latin1");
    expect(await exchange(port, post("/", form, attack, "Content-Encoding: gzip\r\n"))).toMatchObject({ status: 403 });
    const harmless = gzipSync("a=1").toString("latin1");
    expect(await exchange(port, post("/", form, harmless, "Content-Encoding: gzip\r\n"))).toMatchObject({
      status: 200,
      body: harmless,
    });
    expect(await exchange(port, post("/", form, "a=1", "Content-Encoding: zz\r\n"))).toMatchObject({ status: 415 });
  });

  test("answers 413 to a body beyond the limit", async () => {
    const response = await exchange(await run(), post("/", "application/octet-stream", "x".repeat(400_000)));
    expect(response.status).toBe(413);
  });

  test("stops a response by a header and by its body", async () => {
    const port = await run();
    expect(await exchange(port, get("/leak"))).toMatchObject({ status: 502 });
    const response = await exchange(port, get("/secret"));
    expect(response.status).toBe(403);
    expect(response.head + response.body).not.toContain("secret");
  });

  test("answers redirects", async () => {
    const port = await run();
    const response = await exchange(port, get("/old"));
    expect(response.status).toBe(301);
    expect(response.head.toLowerCase()).toContain("location: /new");
  });

  test("gives the application the decision", async () => {
    const response = await exchange(await run(), get("/id"));
    await expect.poll(() => seen.length).toBe(1);
    expect(response.body).toBe(seen[0]![0].id);
  });

  test.skipIf(name === "Fetch" || name === "Hono")(
    "shows rules the raw target, and closes the connection on drop",
    async () => {
      const port = await run();
      expect(await exchange(port, get("/./html"))).toMatchObject({ status: 400 });
      expect(await exchange(port, get("/html", "X-Drop: yes\r\n"))).toMatchObject({ status: 0 });
    },
  );
});
