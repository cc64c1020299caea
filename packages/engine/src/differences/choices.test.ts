// Deliberate differences that are choices rather than answers to a defect; a row each in docs/data/differences.json.
import { describe, expect, test } from "vitest";
import type { Host } from "../host.ts";
import { createWaf } from "../waf.ts";
import { matchedIds, refusals, runRules } from "../testing/run-rules.ts";

function warnings(directives: string, host: Host = {}): string[] {
  return createWaf({ directives, host }).diagnostics.map(({ code }) => code);
}

describe("names and values", () => {
  test("Compat: names of operators, transformations and ctl options disregard case", () => {
    const rules = `
      SecRule ARGS:a "@STREQ x" "id:1,phase:1,log,t:urlDecode,t:None,t:LowerCase,ctl:RULEREMOVEBYID=2"
      SecAction "id:2,phase:1,pass,log"`;
    expect(matchedIds(runRules(rules, { uri: "/?a=X" }))).toEqual([1]);
  });

  test("Compat: values of ctl and targets of its exclusions are checked when rules load", () => {
    const ctl = (option: string): string[] => refusals(`SecAction "id:1,phase:1,pass,ctl:${option}"`);
    expect(ctl("ruleEngine=Perhaps")).toEqual(["WAF_CONFIG_ACTION_ARGUMENT"]);
    expect(ctl("ruleRemoveTargetById=1;NO_SUCH:a")).toEqual(["WAF_CONFIG_ACTION_ARGUMENT"]);
    expect(ctl("ruleRemoveTargetById=1;REQUEST_URI:a")).toEqual(["WAF_CONFIG_ACTION_ARGUMENT"]);
  });

  test("Compat: %{NAME:key} is a macro too", () => {
    const rules = `SecAction "id:1,phase:1,pass,nolog,setvar:tx.a=%{ARGS:a}"
      SecRule TX:a "@streq x" "id:2,phase:1,log"`;
    expect(matchedIds(runRules(rules, { uri: "/?a=x" }))).toEqual([1, 2]);
  });

  test("Compat: redirect answers with 308 when told to", () => {
    const rules = 'SecRuleEngine On\nSecAction "id:1,phase:1,redirect:/new,status:308"';
    expect(runRules(rules).interruption).toMatchObject({ action: "redirect", status: 308 });
  });

  test("Compat: cookies and arguments follow SecCookieFormat, SecCookieV0Separator and SecArgumentSeparator", () => {
    const rule = 'SecRule ARGS:b|REQUEST_COOKIES:b "@streq 2" "id:1,phase:1,log"';
    const cookies = { headers: [["Cookie", "a=1, b=2"]] as const };
    expect(matchedIds(runRules(`SecArgumentSeparator ;\n${rule}`, { uri: "/?a=1;b=2" }))).toEqual([1]);
    expect(matchedIds(runRules(`SecCookieV0Separator ,\n${rule}`, cookies))).toEqual([1]);
    const quoted = { headers: [["Cookie", 'a=1; b="2"']] as const };
    expect(matchedIds(runRules(rule, quoted))).toEqual([]);
    expect(matchedIds(runRules(`SecCookieFormat 1\n${rule}`, quoted))).toEqual([1]);
  });
});

describe("rules", () => {
  test("Compat: a wrong SecDefaultAction is refused where it stands", () => {
    expect(refusals('SecDefaultAction "phase:1,log"')).toEqual(["WAF_CONFIG_DEFAULT_ACTION"]);
  });

  test("Compat: a chain that is left open is warned about", () => {
    expect(warnings('SecRule ARGS "@rx x" "id:1,phase:1,pass,chain"')).toEqual(["WAF_CONFIG_CHAIN_OPEN"]);
  });

  test("Compat: exclusions reach rules that follow them, and tags and msgs may be patterns", () => {
    const rules = `SecRuleRemoveByTag /^app/
      SecAction "id:1,phase:1,pass,log,tag:'application'"
      SecAction "id:2,phase:1,pass,log,ctl:ruleRemoveByMsg=/three/"
      SecAction "id:3,phase:1,pass,log,msg:'number three'"`;
    expect(matchedIds(runRules(rules))).toEqual([2]);
  });

  test("Compat: persistent collections exist", () => {
    const waf = createWaf({
      directives: `SecAction "id:1,phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR},setvar:ip.count=+1"
        SecRule IP:count "@eq 2" "id:2,phase:1,pass,log"`,
    });
    const run = (): number[] => {
      const tx = waf.newTransaction();
      void tx.processRequest({ client: { address: "192.0.2.1", port: 1 }, method: "GET", uri: "/", headers: [] });
      return matchedIds(tx);
    };
    expect([run(), run(), run()]).toEqual([[1], [1, 2], [1]]);
  });

  test("Compat: what cannot do what it says is refused or warned about, not ignored", () => {
    expect(refusals("SecHashEngine On")).toEqual(["WAF_CONFIG_DIRECTIVE_ARGUMENT"]);
    expect(refusals('SecRuleScript /x.lua "id:1"')).toEqual(["WAF_CONFIG_DIRECTIVE_ARGUMENT"]);
    expect(refusals('SecRule ARGS "@rsub s/a/b/" "id:1"')).toEqual(["WAF_CONFIG_OPERATOR_UNSUPPORTED"]);
    expect(refusals('SecAction "id:1,phase:1,proxy:http://a/"')).toEqual(["WAF_CONFIG_ACTION_UNSUPPORTED"]);
    expect(warnings("SecConnEngine On")).toEqual(["WAF_CONFIG_DIRECTIVE"]);
  });
});

describe("operators", () => {
  test("Compat: patterns work on bytes", () => {
    const rules = `
      SecRule ARGS:a "@rx ^[^\\x00-\\x7f]{2}$" "id:1,phase:1,log"
      SecRule ARGS:a "@rx ^\\xc3\\xa9$" "id:2,phase:1,log"
      SecRule ARGS:b "@rx (?i)k" "id:3,phase:1,log"`;
    expect(matchedIds(runRules(rules, { uri: "/?a=%C3%A9&b=%E2%84%AA" }))).toEqual([1, 2]);
  });

  test("Compat: patterns that need backtracking are refused with a hint", () => {
    expect(refusals('SecRule ARGS "@rx (?=a)b" "id:1"')).toEqual(["WAF_CONFIG_OPERATOR_ARGUMENT"]);
    expect(refusals('SecRule ARGS "@rx (a)\\1" "id:1"')).toEqual(["WAF_CONFIG_OPERATOR_ARGUMENT"]);
  });

  test("Compat: two blanks in @pm make no phrase that matches everything, and |hex| stands for bytes", () => {
    const rules = `SecRule ARGS "@pm one  two" "id:1,phase:1,log"\nSecRule ARGS "@pm |41 42|" "id:2,phase:1,log"`;
    expect(matchedIds(runRules(rules, { uri: "/?a=three" }))).toEqual([]);
    expect(matchedIds(runRules(rules, { uri: "/?a=ab" }))).toEqual([2]);
  });

  test("Compat: entries of @ipMatch that cannot be read are warned about", () => {
    expect(warnings('SecRule REMOTE_ADDR "@ipMatch 192.0.2.1,300.1.1.1" "id:1,phase:1,pass"')).toEqual([
      "WAF_CONFIG_OPERATOR",
    ]);
  });
});

describe("bodies and answers", () => {
  test("Compat: a JSON body that was not read to its end shows as REQUEST_BODY", () => {
    const rules = `SecRequestBodyAccess On
      SecAction "id:1,phase:1,pass,nolog,ctl:requestBodyProcessor=JSON"
      SecRule REQUEST_BODY "@contains attack" "id:2,phase:2,log"`;
    const ids = (body: string): number[] => matchedIds(runRules(rules, { method: "POST", body }));
    expect(ids('{"a":"attack"}')).toEqual([1]);
    expect(ids('{"a":1} attack')).toEqual([1, 2]);
  });

  test("Compat: the text of a matched rule names operator and variable", () => {
    const lines: string[] = [];
    const waf = createWaf({
      directives: 'SecRule ARGS:a "@streq x" "id:1,phase:1,pass,log"',
      onMatchedRule: (matched) => lines.push(matched.auditLog()),
    });
    void waf.newTransaction().processRequest({ method: "GET", uri: "/?a=x", headers: [] });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/streq/i);
    expect(lines[0]).toContain("ARGS:a");
  });

  test("Compat: a port that fails blocks, unless the host says otherwise", () => {
    const collectionStore = {
      load: () => {
        throw new Error("gone");
      },
      set: () => undefined,
      increment: () => 0,
      remove: () => undefined,
      expire: () => undefined,
    };
    const run = (onFaultPolicy: "block" | "pass"): number | undefined => {
      const tx = createWaf({
        directives: 'SecRuleEngine On\nSecAction "id:1,phase:1,pass,nolog,initcol:ip=x"',
        host: { collectionStore },
        onFaultPolicy,
      }).newTransaction();
      void tx.processRequest({ method: "GET", uri: "/", headers: [] });
      return tx.interruption?.status;
    };
    expect(run("block")).toBeGreaterThanOrEqual(400);
    expect(run("pass")).toBeUndefined();
  });
});
