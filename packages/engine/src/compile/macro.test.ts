import { describe, expect, test } from "vitest";
import { FakeState } from "../testing/fake-state.ts";
import { MacroError, parseMacro } from "./macro.ts";

function stateWith(): FakeState {
  const state = new FakeState();
  const v = state.variables;
  v.tx.set("score", "5");
  v.tx.set("a.b", "dotted");
  v.tx.set("empty", "");
  v.argsGet.add("A", "first");
  v.argsGet.add("a", "second");
  v.argsPost.add("", "nameless");
  v.requestHeaders.add("User-Agent", "curl");
  v.remoteAddr.set("192.0.2.1");
  v.rule.set("msg", "message");
  return state;
}

describe("expansion", () => {
  test.each([
    ["plain 100% text", "plain 100% text"],
    ["%", "%"],
    ["", ""],
    ["%{tx.score}", "5"],
    ["%{TX.SCORE}", "5"],
    ["+%{tx.score}", "+5"],
    ["a%{tx.score}b%{tx.score}c", "a5b5c"],
    ["%{tx.a.b}", "dotted"],
    ["%{tx.empty}", ""],
    ["%{REMOTE_ADDR}", "192.0.2.1"],
    ["%{remote_addr.ignored}", "192.0.2.1"],
    ["%{ARGS.a}", "first"],
    ["%{args_names.a}", "first"],
    ["%{ARGS}", "nameless"],
    ["%{request_headers.user-agent}", "curl"],
    ["%{REQUEST_HEADERS:User-Agent}", "curl"],
    ["%{rule.msg}", "message"],
    ["%{tx.none}", "tx.none"],
    ["%{TX.None}", "TX.None"],
    ["%{REQUEST_COOKIES}", "REQUEST_COOKIES"],
    ["%%{tx.score}}", "%5}"],
  ])("%j is %j", (text, expected) => {
    expect(parseMacro(text).expand(stateWith())).toBe(expected);
  });

  test("a text without macros is itself", () => {
    const macro = parseMacro("no macro");
    expect(macro).toMatchObject({ text: "no macro", dynamic: false });
    expect(parseMacro("%{tx.a}")).toMatchObject({ text: "%{tx.a}", dynamic: true });
  });
});

describe("faults", () => {
  test.each([
    ["ab%{tx.a", 2, "not closed"],
    ["%{}", 2, "no name"],
    ["%{.a}", 2, "no name"],
    ["x%{tx.}", 6, "key of %{tx.} is missing"],
    ["%{tx:}", 5, "is missing"],
    ["%{tx.a b}", 6, 'unexpected " "'],
    ["%{tx a}", 4, 'unexpected " "'],
    ["%{tx.a:b}", 6, 'unexpected ":"'],
    ["%{tx.a%{tx.b}}", 6, 'unexpected "%"'],
    ["a %{unknwon_variable}", 4, "unknown variable"],
  ])("%j", (text, offset, message) => {
    const error = errorOf(text);
    expect(error.message).toContain(message);
    expect(error.offset).toBe(offset);
  });

  test("names the nearest variable", () => {
    expect(errorOf("%{REMOTE_ADR}").hint).toBe("did you mean REMOTE_ADDR?");
    expect(errorOf("%{qqqqqqqqqqqq}").hint).toBeUndefined();
  });
});

function errorOf(text: string): MacroError {
  try {
    parseMacro(text);
  } catch (error) {
    if (error instanceof MacroError) return error;
    throw error;
  }
  throw new Error(`${text} is accepted`);
}

test("an expansion is that of the value of the moment, however many came before", () => {
  const macro = parseMacro("header_%{tx.name}/");
  const state = new FakeState();
  for (let round = 0; round < 2; round++) {
    for (let n = 0; n < 300; n++) {
      const name = n % 7 === 0 ? `${n}`.repeat(40) : `x-${n}`;
      state.variables.tx.set("name", name);
      expect(macro.expand(state)).toBe(`header_${name}/`);
    }
  }
});
