import { describe, expect, test } from "vitest";
import type { ProgramRunner } from "../host.ts";
import type { CompiledRule } from "../compile/ruleset.ts";
import { compileActions, FakeTransaction, refusalOf } from "../testing/fake-transaction.ts";

describe("setenv", () => {
  test("sets ENV of this transaction", () => {
    const tx = new FakeTransaction();
    tx.variables.remoteAddr.set("192.0.2.1");
    void tx.run("setenv:client=%{REMOTE_ADDR},setenv:a=b=c");
    expect(tx.variables.env.first("client")).toBe("192.0.2.1");
    expect(tx.variables.env.first("a")).toBe("b=c");
  });

  test.each(["setenv", "setenv:a", "setenv:a=", "setenv:=a"])("%s is refused", (text) => {
    expect(refusalOf(text).message).not.toBe("");
  });
});

describe("sanitise", () => {
  test("lists what audit entries must not show, each value once", () => {
    const tx = new FakeTransaction();
    tx.variables.matched.add({ variable: "ARGS", key: "card", value: "" });
    const text = "sanitiseArg:PassWord,sanitizeRequestHeader:Cookie,sanitiseResponseHeader:X,sanitiseMatched";
    void tx.run(`${text},sanitiseMatchedBytes,${text}`);
    expect(tx.control.sanitised).toEqual([
      { kind: "arg", name: "password" },
      { kind: "request-header", name: "cookie" },
      { kind: "response-header", name: "x" },
      { kind: "matched", name: "ARGS:card" },
    ]);
  });

  test("sanitiseMatchedBytes says that it hides more than it was told to", () => {
    expect(compileActions("sanitiseMatchedBytes").warnings).toEqual([]);
    expect(compileActions("sanitiseMatchedBytes:1/4").warnings).toHaveLength(1);
    expect(refusalOf("sanitiseMatchedBytes:x").hint).toContain("1/4");
  });

  test.each(["sanitiseArg", "sanitiseRequestHeader", "sanitiseResponseHeader"])("%s needs a name", (text) => {
    expect(refusalOf(text).message).toContain("missing");
  });
});

describe("exec", () => {
  const rule = { id: 7 } as CompiledRule;

  function execWith(run: ProgramRunner["run"]): { tx: FakeTransaction; pending: unknown } {
    const tx = new FakeTransaction();
    const [exec] = compileActions("exec:/bin/x", {}, { programRunner: { run } }).evaluators;
    expect(exec!.mayWait).toBe(true);
    return { tx, pending: exec!.evaluate(tx.real, rule) };
  }

  test("gives the program the ids of rule and transaction", () => {
    const calls: unknown[] = [];
    const { tx, pending } = execWith((path, args) => {
      calls.push([path, ...args]);
      return { exitCode: 0, output: "" };
    });
    expect(pending).toBeUndefined();
    expect(calls).toEqual([["/bin/x", "7", "test"]]);
    expect([...tx.faults, ...tx.logs]).toEqual([]);
  });

  test("logs a program that fails", async () => {
    const { tx, pending } = execWith(() => Promise.resolve({ exitCode: 1, output: "" }));
    await pending;
    expect(tx.logs).toEqual(["warn: the program of exec failed"]);
  });

  test("raises a fault when the program cannot run or does not end", async () => {
    const runs: ProgramRunner["run"][] = [
      () => undefined,
      () => Promise.resolve(undefined),
      () => Promise.reject(new Error("no such file")),
      () => {
        throw new Error("no such file");
      },
    ];
    for (const run of runs) {
      const { tx, pending } = execWith(run);
      await pending;
      expect(tx.faults).toHaveLength(1);
    }
  });

  test("is refused where the host runs no programs, and for Lua", () => {
    const host = { programRunner: { run: () => undefined } };
    expect(refusalOf("exec:/bin/x").message).toContain("cannot run programs");
    expect(refusalOf("exec:/x.lua", host).message).toContain("Lua");
    expect(refusalOf("exec", host).message).toContain("missing");
  });
});
