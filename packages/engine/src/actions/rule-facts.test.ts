import { describe, expect, test } from "vitest";
import { Phase } from "../phase.ts";
import { compileActions, FakeTransaction, refusalOf } from "../testing/fake-transaction.ts";
import { parsePhase } from "./phase.ts";

const draftOf = (text: string): ReturnType<typeof compileActions>["draft"] => compileActions(text).draft;

describe("metadata", () => {
  test("is kept in the draft", () => {
    const text = "id:7,phase:3,rev:2,ver:'x/1',severity:CRITICAL,maturity:9,accuracy:1,tag:a,tag:'b,c'";
    expect(draftOf(text)).toMatchObject({
      id: 7,
      phase: 3,
      revision: "2",
      version: "x/1",
      severity: 2,
      maturity: 9,
      accuracy: 1,
      tags: ["a", "b,c"],
    });
  });

  test("the last of a kind wins", () => {
    expect(draftOf("severity:1,severity:2,status:401,status:402")).toMatchObject({ severity: 2, status: 402 });
  });

  test("a tag keeps its macro as text", () => {
    expect(draftOf("tag:'host %{REMOTE_ADDR}'").tags).toEqual(["host %{REMOTE_ADDR}"]);
  });

  test("msg and logdata are macros", () => {
    const { message, logData } = draftOf("msg:'from %{REMOTE_ADDR}',logdata:'plain'");
    const tx = new FakeTransaction();
    tx.variables.remoteAddr.set("192.0.2.1");
    expect([message!.expand(tx), logData!.expand(tx)]).toEqual(["from 192.0.2.1", "plain"]);
    expect([message!.dynamic, logData!.dynamic]).toEqual([true, false]);
  });

  test.each([
    ["id:0"],
    ["id:-1"],
    ["id:x"],
    ["id"],
    ["phase:0"],
    ["phase:6"],
    ["phase:headers"],
    ["phase"],
    ["severity:8"],
    ["severity:bad"],
    ["severity"],
    ["maturity:0"],
    ["maturity:10"],
    ["accuracy:0"],
    ["accuracy:10"],
    ["tag:''"],
    ["tag"],
    ["msg:''"],
    ["msg:'%{none}'"],
    ["msg:'%{TX.a'"],
    ["logdata"],
    ["rev"],
    ["ver"],
    ["status:x"],
    ["status"],
    ["t"],
  ])("%s is refused", (text) => {
    expect(refusalOf(text).message).not.toBe("");
  });
});

describe("phase names", () => {
  test.each([
    ["1", Phase.RequestHeaders],
    ["5", Phase.Logging],
    ["request", Phase.RequestBody],
    ["RESPONSE", Phase.ResponseBody],
    ["logging", Phase.Logging],
    ["", undefined],
    ["0", undefined],
    ["01", undefined],
  ])("%j", (text, phase) => {
    expect(parsePhase(text)).toBe(phase);
  });
});

describe("log flags", () => {
  test.each([
    ["log", true, true],
    ["nolog", false, false],
    ["auditlog", false, true],
    ["nolog,auditlog", false, true],
    ["auditlog,nolog", false, false],
    ["log,noauditlog", true, false],
  ])("%s", (text, log, audit) => {
    expect(draftOf(text)).toMatchObject({ log, audit });
  });
});

describe("flags without a value", () => {
  test("are set", () => {
    expect(draftOf("capture,multiMatch,chain")).toMatchObject({ capture: true, multiMatch: true, chain: true });
  });

  test.each([
    "capture",
    "multiMatch",
    "chain",
    "log",
    "nolog",
    "auditlog",
    "noauditlog",
    "deny",
    "drop",
    "pass",
    "block",
    "sanitiseMatched",
  ])("%s takes no value", (name) => {
    expect(refusalOf(`${name}:x`).message).toContain("takes no value");
  });
});

describe("status", () => {
  test("beyond HTTP is taken with a warning", () => {
    expect(compileActions("status:42").warnings).toEqual(["42 is no HTTP status"]);
    expect(compileActions("status:599").warnings).toEqual([]);
  });
});

describe("t", () => {
  test("collects names and none empties the list, in any case", () => {
    expect(draftOf("t:lowercase,t:None,t:urlDecode,t:trim").transformations).toEqual(["urlDecode", "trim"]);
  });
});

describe("xmlns", () => {
  test("is accepted and says that it has no effect", () => {
    expect(compileActions("xmlns:a=http://example.com/").warnings).toHaveLength(1);
    expect(refusalOf("xmlns:a").message).toContain("prefix");
    expect(refusalOf("xmlns").message).toContain("missing");
  });
});
