import { describe, expect, test } from "vitest";
import type { CompiledRule } from "../compile/ruleset.ts";
import { compileActions, FakeTransaction, refusalOf } from "../testing/fake-transaction.ts";

function interruptionOf(text: string, rule: Partial<CompiledRule> = {}): FakeTransaction["interruptions"] {
  const tx = new FakeTransaction();
  void tx.run(text, rule);
  return tx.interruptions;
}

describe("deny, drop", () => {
  test("deny answers 403 unless the rule has a status", () => {
    expect(interruptionOf("deny", { id: 7 })).toEqual([{ ruleId: 7, action: "deny", status: 403, data: "" }]);
    expect(interruptionOf("deny", { status: 404 })).toMatchObject([{ status: 404 }]);
  });

  test("drop has status 0 unless the rule has one", () => {
    expect(interruptionOf("drop", { id: 7 })).toEqual([{ ruleId: 7, action: "drop", status: 0, data: "" }]);
    expect(interruptionOf("drop", { status: 500 })).toMatchObject([{ status: 500 }]);
  });
});

describe("redirect", () => {
  test.each([301, 302, 303, 307, 308])("keeps status %i", (status) => {
    expect(interruptionOf("redirect:http://a/", { status })).toMatchObject([
      { action: "redirect", status, data: "http://a/" },
    ]);
  });

  test("takes 302 for any other status", () => {
    expect(interruptionOf("redirect:http://a/")).toMatchObject([{ status: 302 }]);
    expect(interruptionOf("redirect:http://a/", { status: 403 })).toMatchObject([{ status: 302 }]);
  });

  test("expands macros, and what they bring in cannot begin a header", () => {
    const tx = new FakeTransaction();
    tx.variables.argsGet.add("u", "x\r\nSet-Cookie: a=b\0\x7f c");
    void tx.run("redirect:'http://a/?u=%{ARGS.u}&b=1'");
    expect(tx.interruptions[0]!.data).toBe("http://a/?u=x%0d%0aSet-Cookie:%20a=b%00%7f%20c&b=1");
  });

  test("needs a target", () => {
    expect(refusalOf("redirect").message).toContain("missing");
    expect(refusalOf("redirect:'http://%{x}/'").message).toContain("unknown variable");
  });
});

describe("pass, block", () => {
  test("do nothing by themselves", () => {
    for (const kind of ["pass", "block"]) {
      const { draft, evaluators } = compileActions(kind);
      expect(draft.disruptive).toEqual({ kind });
      expect(evaluators).toEqual([]);
    }
  });
});

describe("allow", () => {
  test.each([
    ["allow", "all"],
    ["allow:phase", "phase"],
    ["allow:REQUEST", "request"],
  ])("%s", (text, scope) => {
    const tx = new FakeTransaction();
    void tx.run(text);
    expect(tx.control.allow).toBe(scope);
    expect(compileActions(text).draft.disruptive).toEqual({ kind: "allow", scope });
  });

  test.each(["DetectionOnly", "Off"] as const)("is ignored when the engine is %s", (ruleEngine) => {
    const tx = new FakeTransaction({ settings: { ruleEngine } });
    void tx.run("allow");
    expect(tx.control.allow).toBe("none");
  });

  test("refuses other words", () => {
    expect(refusalOf("allow:foo").hint).toContain("phase");
  });

  test("warns about allow:request in a rule that comes too late for it", () => {
    expect(compileActions("allow:request", { phase: 3 }).warnings).toHaveLength(1);
    expect(compileActions("allow:request", { phase: 2 }).warnings).toEqual([]);
  });
});

describe("skip, skipAfter", () => {
  test("set what the phase loop looks at", () => {
    const tx = new FakeTransaction();
    void tx.run("skip:3,skipAfter:END-X");
    expect(tx.control).toMatchObject({ skip: 3, skipAfter: "END-X" });
    expect(compileActions("skipAfter:END-X").draft.skipAfter).toBe("END-X");
  });

  test.each(["skip", "skip:0", "skip:-1", "skip:x", "skipAfter"])("%s is refused", (text) => {
    expect(refusalOf(text).message).not.toBe("");
  });

  test("warn on a chained rule, where they never run", () => {
    expect(compileActions("skip:1,skipAfter:X", { isChild: true }).warnings).toHaveLength(2);
  });
});
