import { describe, expect, test } from "vitest";
import { compileActions, FakeTransaction, refusalOf } from "../testing/fake-transaction.ts";

function txAfter(text: string, before: Record<string, string> = {}): Record<string, string> {
  const tx = new FakeTransaction();
  for (const [key, value] of Object.entries(before)) tx.setTx(key, value);
  void tx.run(text);
  return tx.tx;
}

describe("forms", () => {
  test.each<[string, Record<string, string>]>([
    ["setvar:tx.a=5", { a: "5" }],
    ["setvar:TX.A=5", { a: "5" }],
    ["setvar:tx.a", { a: "1" }],
    ["setvar:tx.b=-2", { b: "-2" }],
    ["setvar:tx.c=+x", { c: "+x" }],
    ["setvar:'tx.d=hello world'", { d: "hello world" }],
    ["setvar:tx.i=+", { i: "0" }],
    ["setvar:tx.i=-", { i: "0" }],
    ["setvar:tx.a=5,setvar:tx.A=+3,setvar:tx.a=-1", { a: "7" }],
    ["setvar:tx.a=5,setvar:tx.f=+%{tx.a},setvar:tx.e=%{TX.A}", { a: "5", f: "5", e: "5" }],
    ["setvar:tx.g=%{tx.none}", { g: "tx.none" }],
    ["setvar:tx.h=+%{TX.none}", { h: "+TX.none" }],
    ["setvar:tx.a=b=c", { a: "b=c" }],
    ["setvar:tx.a.b=1", { "a.b": "1" }],
    ["setvar:tx.d=++5", { d: "5" }],
    ["setvar:tx.d=--5", { d: "5" }],
    ["setvar:tx.d=-+5", { d: "-5" }],
    ["setvar:'tx.c=+ 5'", { c: "+ 5" }],
    ["setvar:tx.e=010,setvar:tx.e=+1", { e: "11" }],
    ["setvar:tx.e=+00000000000000000000000001", { e: "1" }],
    ["setvar:tx.b=9223372036854775807,setvar:tx.b=+1", { b: "-9223372036854775808" }],
    ["setvar:tx.b=+-9223372036854775808,setvar:tx.b=--9223372036854775808", { b: "0" }],
    ["setvar:tx.b=+9223372036854775808", { b: "+9223372036854775808" }],
    ["setvar:tx.a=1.5,setvar:tx.a=+1", { a: "1.5" }],
    ["setvar:tx.a=abc,setvar:tx.a=-3", { a: "abc" }],
  ])("%s", (text, expected) => {
    expect(txAfter(text)).toEqual(expected);
  });

  test("what an unresolved macro leaves behind is not added, and said", () => {
    const tx = new FakeTransaction();
    void tx.run("setvar:tx.h=+%{tx.none}");
    expect(tx.tx).toEqual({});
    expect(tx.logs).toEqual(["error: setvar cannot add a macro that has no value"]);
  });

  test("an empty value counts as 0", () => {
    expect(txAfter("setvar:tx.a=+2", { a: "" })).toEqual({ a: "2" });
  });

  test("a macro that expands to nothing stores nothing but the name", () => {
    expect(txAfter("setvar:tx.a=%{tx.e}", { e: "" })).toEqual({ e: "", a: "" });
  });

  test("macros in the key, lower-cased after expansion", () => {
    const tx = new FakeTransaction();
    tx.variables.matched.add({ variable: "ARGS", key: "N", value: "" });
    void tx.run("setvar:tx.%{MATCHED_VAR_NAME}_X=1");
    expect(tx.tx).toEqual({ "args:n_x": "1" });
  });
});

describe("removal", () => {
  test("takes the variable away", () => {
    expect(txAfter("setvar:!tx.A", { a: "1", b: "2" })).toEqual({ b: "2" });
  });

  test("takes a value and warns about it", () => {
    expect(txAfter("setvar:!tx.a=0", { a: "1" })).toEqual({});
    expect(txAfter("setvar:!tx.a=", { a: "1" })).toEqual({});
    expect(compileActions("setvar:!tx.a=0").warnings).toHaveLength(1);
  });
});

describe("what is refused", () => {
  test.each([
    ["setvar", "missing"],
    ["setvar:tx=1", "names no variable"],
    ["setvar:tx.=1", "names no variable"],
    ["setvar:'tx. =1'", "names no variable"],
    ["setvar:tx.a=", "value is missing"],
    ["setvar:args.a=1", "no collection"],
    ["setvar:a", "no collection"],
    ["setvar:!", "no collection"],
    ["setvar:tx.%{a=1", "not closed"],
    ["setvar:tx.a=%{nothing.b}", "unknown variable"],
    ["setvar:ip.IS_NEW=1", "only read it"],
    ["setvar:!session.key", "only read it"],
  ])("%s", (text, message) => {
    expect(refusalOf(text).message).toContain(message);
  });
});

describe("analysis", () => {
  test("the draft lists the TX variables written, macros as *", () => {
    const { draft } = compileActions("setvar:tx.A=1,setvar:!tx.b,setvar:tx.x_%{rule.id}_y=1,setvar:ip.c=1");
    expect(draft.writes).toEqual(["a", "b", "x_*_y"]);
  });

  test("only persistent collections may wait", () => {
    const { evaluators } = compileActions("setvar:tx.a=1,setvar:!tx.a,setvar:ip.a=1,setvar:!ip.a");
    expect(evaluators.map((evaluator) => evaluator.mayWait ?? false)).toEqual([false, false, true, true]);
  });
});
