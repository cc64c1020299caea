import { describe, expect, test } from "vitest";
import type { Transaction } from "../transaction.ts";
import { createWaf } from "../waf.ts";

/** Defaults as rule sets begin with: some given beforehand, some not; a value made of another; a test that fails. */
const defaults = `
  SecRuleEngine On
  SecAction "id:1,phase:1,pass,nolog,setvar:tx.given=9"
  SecRule &TX:given "@eq 0" "id:2,phase:1,pass,nolog,setvar:tx.given=1"
  SecRule &TX:level "@eq 0" "id:3,phase:1,pass,nolog,setvar:tx.level=2"
  SecRule &TX:copied "@eq 0" "id:4,phase:1,pass,nolog,setvar:tx.copied=%{tx.level}-%{tx.never}"
  SecRule TX:level "@ge 2" "id:5,phase:1,pass,nolog,setvar:tx.level=3,setvar:tx.list=a b"
  SecRule TX:level "!@eq 3" "id:6,phase:1,pass,nolog,setvar:tx.wrong=1"
  SecMarker SOMEWHERE
  SecAction "id:7,phase:1,pass,nolog,setvar:tx.score=0"`;

const after = `
  SecRule MATCHED_VARS_NAMES|MATCHED_VAR_NAME|MATCHED_VAR "@unconditionalMatch" "id:8,phase:1,pass,nolog,setvar:'tx.seen=%{matched_var}'"
  SecRule TX:level "@eq 3" "id:9,phase:1,pass,log,msg:'level %{tx.level}',setvar:tx.score=+5"`;

interface Seen {
  readonly ids: readonly number[];
  readonly matches: readonly unknown[];
  readonly variables: readonly (readonly [string, string])[];
  readonly evaluated: number;
}

/** What can be seen of a transaction. Tracing has every rule evaluated one by one. */
function seen(rules: string, tracing: boolean, prepare: (tx: Transaction) => void = () => undefined): Seen {
  const tx = createWaf({ directives: [rules], host: {}, tracing }).newTransaction();
  prepare(tx);
  tx.processUri("/", "GET", "HTTP/1.1");
  void tx.processRequestHeaders();
  const matches = tx.matchedRules.map(({ scores, matches: records, disruptive, message }) => ({
    scores,
    disruptive,
    message,
    records: records.map(({ variable, key, value, original, chainLevel }) => [
      variable,
      key,
      value,
      original,
      chainLevel,
    ]),
  }));
  return {
    ids: tx.matchedRules.map(({ rule }) => rule.id),
    matches,
    variables: tx.variables.tx.entries.map(({ key, value }) => [key, value] as const),
    evaluated: tx.rulesEvaluated,
  };
}

function runOf(rules: string): readonly [number, number] | undefined {
  const { ruleset } = createWaf({ directives: [rules], host: {} }).context;
  const { constant, rules: own } = ruleset.byPhase[1]!;
  return constant === undefined ? undefined : [own[constant.from]!.id, own[constant.to - 1]!.id];
}

describe("rules that set variables from constants", () => {
  test("are found as one run", () => {
    expect(runOf(defaults + after)).toEqual([1, 7]);
  });

  test("come to what they come to one by one", () => {
    const all = seen(defaults + after, false);
    expect(all).toEqual(seen(defaults + after, true));
    expect(all.ids).toEqual([1, 3, 4, 5, 7, 8, 9]);
    expect(all.variables.filter(([name]) => name === "copied")).toEqual([["copied", "2-tx.never"]]);
  });

  test.each(["given", "level", "copied", "never", "list", "wrong", "score"])(
    "are evaluated when the host has set %s before",
    (name) => {
      const prepare = (tx: Transaction): void => tx.setTx(name, "7");
      expect(seen(defaults + after, false, prepare)).toEqual(seen(defaults + after, true, prepare));
    },
  );

  test("are evaluated when one of them is removed by an earlier rule", () => {
    const rules = `SecAction "id:20,phase:1,pass,nolog,ctl:ruleRemoveById=5"\n${defaults}${after}`;
    const all = seen(rules, false);
    expect(all).toEqual(seen(rules, true));
    expect(all.ids).not.toContain(5);
  });

  test("are evaluated from where a skip leads to", () => {
    const rules = `SecAction "id:20,phase:1,pass,nolog,skipAfter:SOMEWHERE"\n${defaults}${after}`;
    const all = seen(rules, false);
    expect(all).toEqual(seen(rules, true));
    expect(all.ids).toEqual([20, 7, 8]);
  });

  test.each([
    ["logs", 'SecAction "id:30,phase:1,pass,log,setvar:tx.a=1"'],
    ["denies", 'SecAction "id:30,phase:1,deny,nolog,setvar:tx.a=1"'],
    ["skips", 'SecAction "id:30,phase:1,pass,nolog,setvar:tx.a=1,skipAfter:SOMEWHERE"'],
    ["adds", 'SecAction "id:30,phase:1,pass,nolog,setvar:tx.score=+1"'],
    ["reads a request", 'SecAction "id:30,phase:1,pass,nolog,setvar:tx.a=%{request_uri}"'],
    ["removes", 'SecAction "id:30,phase:1,pass,nolog,setvar:!tx.a"'],
    ["writes a capture", 'SecAction "id:30,phase:1,pass,nolog,setvar:tx.1=x"'],
    ["sets a computed name", 'SecAction "id:30,phase:1,pass,nolog,setvar:tx.%{request_method}=x"'],
    ["has a severity", 'SecAction "id:30,phase:1,pass,nolog,severity:2,setvar:tx.a=1"'],
    ["begins a chain", 'SecRule &TX:a "@eq 0" "id:30,phase:1,pass,nolog,chain"\nSecRule ARGS "@rx x" ""'],
    ["compares with a macro", 'SecRule TX:score "@ge %{tx.level}" "id:30,phase:1,pass,nolog,setvar:tx.a=1"'],
  ])("end before a rule that %s", (_what, rule) => {
    const rules = `${defaults}\n${rule}\n${after}`;
    expect(runOf(rules)).toEqual([1, 7]);
    expect(seen(rules, false)).toEqual(seen(rules, true));
  });
});
