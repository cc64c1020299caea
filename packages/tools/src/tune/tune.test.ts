import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RecordedExchange } from "../traffic/recorded-exchange.ts";
import { keyShapes, pathShape } from "./shapes.ts";
import { tune } from "./tune.ts";

let directory: string;
let rules: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cuirass-tune-"));
  rules = join(directory, "rules.conf");
  writeFileSync(
    rules,
    `SecRuleEngine On
SecAction "id:1,phase:1,pass,nolog,setvar:tx.blocking_inbound_anomaly_score=0"
SecRule ARGS|REQUEST_COOKIES "@rx select" "id:10,phase:2,pass,log,t:none,msg:'sql',setvar:tx.blocking_inbound_anomaly_score=+5"
SecRule ARGS "@rx union" "id:11,phase:2,pass,log,t:none,msg:'sql too',setvar:tx.blocking_inbound_anomaly_score=+5"
SecRule TX:blocking_inbound_anomaly_score "@ge 5" "id:90,phase:2,deny,log,t:none"
`,
  );
});
afterEach(() => rmSync(directory, { recursive: true }));

const get = (uri: string, headers: RecordedExchange["headers"] = []): RecordedExchange => ({
  name: uri,
  method: "GET",
  uri,
  protocol: "HTTP/1.1",
  headers: [["Host", "h"], ...headers],
  body: "",
});
const options = { limit: 25, firstId: 500 };

describe("proposals", () => {
  test("one target of one rule, where the evidence is; attacks elsewhere stay blocked; blocking rules are not touched", async () => {
    const benign = [get("/notes/17?text=select+a+colour"), get("/notes/4711?text=select+b"), get("/?text=nothing")];
    const attacks = [get("/?text=select"), get("/notes/1?other=select"), get("/notes/1?text=union")];
    const report = await tune(benign, { ...options, ruleSet: { rules }, attacks });
    expect(report).toMatchObject({
      before: { exchanges: 3, alarming: 2, blocked: 2 },
      after: { alarming: 0, blocked: 0 },
      rejected: [],
      unresolved: [],
    });
    expect(report.proposals.map(({ rule, target, scope }) => [rule, target, scope])).toEqual([
      [10, "ARGS:text", "GET /notes/*"],
    ]);
    expect(report.proof).toMatchObject([{ attacks: 3, blockedBefore: 3, blockedAfter: 3, unblocked: [] }]);
    expect(report.directives).toContain("ctl:ruleRemoveTargetById=10;ARGS:text");
    expect(report.directives).toContain('"@rx \\A(?:/notes/[^/]+)\\z"');
    expect(report.directives).not.toContain("=90");
  });

  test("an exclusion that would let an attack through is not made, and it is said", async () => {
    const report = await tune([get("/search?q=select")], {
      ...options,
      ruleSet: { rules },
      attacks: [get("/search?q=select+password")],
    });
    expect(report.proposals).toEqual([]);
    expect(report.rejected).toMatchObject([
      { rule: 10, target: "ARGS:q", wouldUnblock: ["/search?q=select+password"] },
    ]);
    expect(report.after.alarming).toBe(1);
    expect(report.proof).toMatchObject([{ unblocked: [] }]);
  });

  test("too many are put together, still one target of one rule each", async () => {
    const benign = ["a", "b", "c", "d"].map((name) => get(`/p?${name}=select`));
    const report = await tune(benign, { ...options, limit: 1, ruleSet: { rules }, attacks: [get("/p?e=select")] });
    expect(report.proposals.map(({ target }) => target)).toEqual(["ARGS:/^(?:a|b|c|d)$/"]);
    expect(report.after.alarming).toBe(0);
  });

  test("cookies seen all over the site are excluded everywhere, with what attacks in their place would do", async () => {
    const benign = Array.from({ length: 12 }, (_, at) =>
      get(`/page-${"abcdefghijkl"[at]!}`, [["Cookie", "prefs=select"]]),
    );
    const report = await tune(benign, {
      ...options,
      ruleSet: { rules },
      attacks: [get("/?x=select"), get("/?x=select+union")],
    });
    expect(report.proposals).toMatchObject([
      { target: "REQUEST_COOKIES:prefs", scope: "everywhere", letsPass: { probe: { tried: 2, stillBlocked: 0 } } },
    ]);
  });
});

describe("shapes", () => {
  test.each([
    ["/v1/orders", "/v1/orders"],
    ["/v1/orders/42", undefined],
    ["/product/64616-red-shoes/reviews", undefined],
    ["/oauth2/token", "/oauth2/token"],
  ])("%s is exact: %s", (path, exact) => {
    expect(pathShape(path).exact).toBe(exact);
  });

  test("keys that differ in numbers or in a random end become one pattern", () => {
    const shapes = keyShapes([
      "items.1.title",
      "items.22.title",
      "address1",
      "id-a1b2c3d4",
      "id-e5f6a7b8",
      "id-c9d0e1f2",
      "id-aa11bb22",
    ]);
    expect(shapes.get("items.1.title")?.pattern).toBe(String.raw`items\.\d+\.title`);
    expect(shapes.get("address1")?.exact).toBe("address1");
    expect(shapes.get("id-a1b2c3d4")?.pattern).toBe("id-[0-9A-Za-z]{8}");
  });
});
