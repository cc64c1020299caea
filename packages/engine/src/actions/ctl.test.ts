import { describe, expect, test } from "vitest";
import type { Phase } from "../phase.ts";
import { Entry, selects } from "../variables/collections.ts";
import { compileActions, FakeTransaction, refusalOf } from "../testing/fake-transaction.ts";

function controlAfter(text: string, phase: Phase = 1): FakeTransaction["control"] {
  const tx = new FakeTransaction({ phase });
  void tx.run(text);
  return tx.control;
}

describe("engines and logs", () => {
  test.each([
    ["ruleEngine=detectiononly", { ruleEngine: "DetectionOnly" }],
    ["RULEENGINE=Off", { ruleEngine: "Off" }],
    ["auditEngine=RelevantOnly", { auditEngine: "RelevantOnly" }],
    ["debugLogLevel=9", { debugLogLevel: 9 }],
  ])("ctl:%s in any phase", (option, expected) => {
    expect(controlAfter(`ctl:${option}`, 4)).toMatchObject(expected);
  });

  test.each([
    ["+E", "ABCEFHZ"],
    ["+KED", "ABCDEFHKZ"],
    ["-C", "ABFHZ"],
    ["-BCFH", "AZ"],
    ["-K", "ABCFHZ"],
    ["ABKHZ", "ABKHZ"],
  ])("ctl:auditLogParts=%s", (value, parts) => {
    expect(controlAfter(`ctl:auditLogParts=${value}`).auditLogParts).toBe(parts);
  });

  test("the hash engine is accepted, and said to be missing", () => {
    const { warnings, evaluators } = compileActions("ctl:hashEngine=On,ctl:hashEnforcement=Off");
    expect(warnings).toHaveLength(2);
    const tx = new FakeTransaction();
    for (const { evaluate } of evaluators) expect(evaluate(tx.real, { id: 1 } as never)).toBeUndefined();
  });
});

describe("bodies", () => {
  test.each<[string, Phase, Record<string, unknown>]>([
    ["requestBodyAccess=On", 1, { requestBodyAccess: true }],
    ["requestBodyLimit=999999999", 1, { requestBodyLimit: 999_999_999 }],
    ["forceRequestBodyVariable=on", 1, { forceRequestBodyVariable: true }],
    ["parseXmlIntoArgs=onlyargs", 1, { parseXmlIntoArgs: "OnlyArgs" }],
    ["responseBodyAccess=On", 3, { responseBodyAccess: true }],
    ["responseBodyLimit=9", 3, { responseBodyLimit: 9 }],
    ["forceResponseBodyVariable=On", 3, { forceResponseBodyVariable: true }],
  ])("ctl:%s until phase %i", (option, until, expected) => {
    const unchanged = new FakeTransaction().control;
    expect(controlAfter(`ctl:${option}`, until)).toMatchObject(expected);
    const late = new FakeTransaction({ phase: (until + 1) as Phase });
    void late.run(`ctl:${option}`);
    expect(late.control).toEqual(unchanged);
    expect(late.logs).toEqual(["warn: ctl option used too late"]);
  });

  test("processors are named in upper case", () => {
    const tx = new FakeTransaction({ phase: 1 });
    void tx.run("ctl:requestBodyProcessor=json,ctl:responseBodyProcessor=Xml");
    expect([tx.variables.reqbodyProcessor.value, tx.variables.resBodyProcessor.value]).toEqual(["JSON", "XML"]);
  });

  test("a rule of a later phase is warned about at load, a chained rule is not", () => {
    expect(compileActions("ctl:requestBodyAccess=On", { phase: 2 }).warnings).toHaveLength(1);
    expect(compileActions("ctl:requestBodyAccess=On", { phase: 2, isChild: true }).warnings).toEqual([]);
    expect(compileActions("ctl:responseBodyAccess=On", { phase: 3 }).warnings).toEqual([]);
  });
});

const rules = [
  { id: 10, tags: ["attack-sqli"], message: "SQL" },
  { id: 11, tags: ["attack-xss"], message: "XSS" },
  { id: 12, tags: ["attack-sqli", "x"] },
  { id: 0 },
];

describe("ruleRemove", () => {
  test.each([
    ["ruleRemoveById=11", [0, 1, 0, 0]],
    ["ruleRemoveById=10-11", [1, 1, 0, 0]],
    ["ruleRemoveById=99", [0, 0, 0, 0]],
    ["ruleRemoveByTag=attack-sqli", [1, 0, 1, 0]],
    ["ruleRemoveByMsg=XSS", [0, 1, 0, 0]],
  ])("ctl:%s", (option, expected) => {
    const tx = new FakeTransaction({ rules });
    void tx.run(`ctl:${option}`);
    expect([...tx.control.removedRules!]).toEqual(expected);
  });

  test("removals add up", () => {
    const tx = new FakeTransaction({ rules });
    void tx.run("ctl:ruleRemoveById=10,ctl:ruleRemoveById=12");
    expect([...tx.control.removedRules!]).toEqual([1, 0, 1, 0]);
  });
});

describe("ruleRemoveTarget", () => {
  function excluded(option: string, key: string): number[] {
    const tx = new FakeTransaction({ rules });
    void tx.run(`ctl:'${option}'`);
    const entry = new Entry(key, "v");
    return tx.control.targetExclusions
      .filter(({ exclusion }) => selects(exclusion.selector, entry))
      .flatMap(({ rules: excluded }) => [...excluded.keys()].filter((index) => excluded[index] === 1));
  }

  test("by id, range, tag and msg", () => {
    expect(excluded("ruleRemoveTargetById=10;ARGS:a", "a")).toEqual([0]);
    expect(excluded("ruleRemoveTargetById=11-12;ARGS:a", "a")).toEqual([1, 2]);
    expect(excluded("ruleRemoveTargetByTag=attack-sqli;ARGS:a", "a")).toEqual([0, 2]);
    expect(excluded("ruleRemoveTargetByMsg=XSS;ARGS", "whatever")).toEqual([1]);
  });

  test("a key in any case, trimmed", () => {
    expect(excluded("ruleRemoveTargetById=10; args: Pass ", "pASS")).toEqual([0]);
    expect(excluded("ruleRemoveTargetById=10;ARGS:Pass", "pass2")).toEqual([]);
  });

  test("a pattern in any case, with a comma, a semicolon or a bar in it", () => {
    expect(excluded("ruleRemoveTargetById=10;ARGS:/^B$/", "b")).toEqual([0]);
    expect(excluded("ruleRemoveTargetById=10;ARGS:/^a{1,2};|x$/", "aa;")).toEqual([0]);
    expect(excluded("ruleRemoveTargetById=10;REQUEST_HEADERS:/^/api/$/", "/API/")).toEqual([0]);
  });

  test("a pattern leaves alone what it does not match: entries with an empty key too", () => {
    expect(excluded("ruleRemoveTargetById=10;ARGS:/^b/", "")).toEqual([]);
  });

  test("is kept once per action, however often the rule matches", () => {
    const tx = new FakeTransaction({ rules });
    const [evaluator] = compileActions("ctl:ruleRemoveTargetByTag=attack-sqli;ARGS:a").evaluators;
    for (let n = 0; n < 1000; n++) void evaluator!.evaluate(tx.real, { id: 1 } as never);
    void tx.run("ctl:ruleRemoveTargetById=10;ARGS:b");
    expect(tx.control.targetExclusions.map(({ rules: excluded }) => [...excluded])).toEqual([
      [1, 0, 1, 0],
      [1, 0, 0, 0],
    ]);
  });
});

describe("what is refused", () => {
  test.each([
    ["ctl", "missing"],
    ["ctl:ruleEngine", "option and a value"],
    ["ctl:=On", "option and a value"],
    ["ctl:rulEngine=On", "no ctl option"],
    ["ctl:ruleEngine=Foo", "not a valid value"],
    ["ctl:auditEngine=", "not a valid value"],
    ["ctl:requestBodyAccess=1", "not a valid value"],
    ["ctl:requestBodyLimit=0", "not a valid number"],
    ["ctl:requestBodyLimit=1073741825", "not a valid number"],
    ["ctl:responseBodyLimit=x", "not a valid number"],
    ["ctl:debugLogLevel=10", "not a valid number"],
    ["ctl:requestBodyProcessor=a b", "no name"],
    ["ctl:auditLogParts=+A", "changes no parts"],
    ["ctl:auditLogParts=-Z", "changes no parts"],
    ["ctl:auditLogParts=BCZ", "no list"],
    ["ctl:auditLogParts=+", "changes no parts"],
    ["ctl:ruleRemoveById=x", "neither an id"],
    ["ctl:ruleRemoveById=5-4", "neither an id"],
    ["ctl:ruleRemoveByTag=", "missing"],
    ["ctl:ruleRemoveByTag=/(/", ""],
    ["ctl:ruleRemoveTargetById=5", "names no target"],
    ["ctl:ruleRemoveTargetById=5;", "unknown variable"],
    ["ctl:ruleRemoveTargetById=5;ARG:a", "unknown variable"],
    ["ctl:ruleRemoveTargetById=5;!ARGS:a", "without ! or &"],
    ["ctl:ruleRemoveTargetById=5;ARGS:", "ends in a colon"],
    ["ctl:ruleRemoveTargetById=5;ARGS://", "empty"],
    ["ctl:ruleRemoveTargetById=5;ARGS:/(/", "not usable"],
    ["ctl:ruleRemoveTargetById=5;REQUEST_URI:a", "takes no key"],
  ])("%s", (text, message) => {
    expect(refusalOf(text).message).toContain(message);
  });

  test("names the nearest option and variable", () => {
    expect(refusalOf("ctl:rulEngine=On").hint).toContain("ruleEngine");
    expect(refusalOf("ctl:ruleRemoveTargetById=5;ARG:a").hint).toContain("ARGS");
  });
});
