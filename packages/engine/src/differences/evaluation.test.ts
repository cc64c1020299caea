// Defects of Coraza's evaluation that do not occur here; a row each in docs/data/differences.json.
import { describe, expect, test } from "vitest";
import { createWaf } from "../waf.ts";
import { matchedIds, runRules } from "../testing/run-rules.ts";

const on = "SecRuleEngine On\n";

describe("transformations and their cache", () => {
  test("A1 values that change within a phase are transformed anew", () => {
    const rules = `
      SecRule ARGS:a "@streq one" "id:1,phase:1,pass,log,chain"
        SecRule MATCHED_VAR "@streq one" "t:lowercase"
      SecRule ARGS:b "@streq two" "id:2,phase:1,pass,log,chain"
        SecRule MATCHED_VAR "@streq two" "t:lowercase"
      SecRule &ARGS "@eq 2" "id:3,phase:1,pass,log,t:trim"
      SecRule &ARGS|!ARGS:a "@eq 1" "id:4,phase:1,pass,log,t:trim"
      SecRule HIGHEST_SEVERITY "@eq 255" "id:5,phase:1,pass,log,severity:ERROR,t:trim"
      SecRule HIGHEST_SEVERITY "@eq 3" "id:6,phase:1,pass,log,t:trim"`;
    expect(matchedIds(runRules(rules, { uri: "/?a=one&b=two" }))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("A25 transformations are exact to the byte", () => {
    const rules = `
      SecRule ARGS:js "@streq A\xff8" "id:1,phase:1,log,t:none,t:jsDecode"
      SecRule ARGS:comment "@streq a" "id:2,phase:1,log,t:none,t:removeComments"
      SecRule ARGS:lower "@rx ^\\xffa$" "id:3,phase:1,log,t:none,t:lowercase"
      SecRule ARGS:upper "@rx ^\\xffA$" "id:4,phase:1,log,t:none,t:uppercase"
      SecRule ARGS:white "@rx ^\\xffa$" "id:5,phase:1,log,t:none,t:removeWhitespace"`;
    const uri = "/?js=%5C101%5C3778&comment=a/*+*/&lower=%FFA&upper=%FFa&white=%FF+a";
    expect(matchedIds(runRules(rules, { uri }))).toEqual([1, 2, 3, 4, 5]);
  });
});

describe("setvar", () => {
  test("A4 without a value sets 1, with an exclamation mark removes", () => {
    const rules = `
      SecAction "id:1,phase:1,pass,nolog,setvar:tx.set,setvar:tx.gone=7,setvar:!tx.gone"
      SecRule TX:set "@streq 1" "id:2,phase:1,pass,log"
      SecRule &TX:gone "@eq 0" "id:3,phase:1,pass,log"`;
    expect(matchedIds(runRules(rules))).toEqual([1, 2, 3]);
  });

  test("A35 setenv stays within the transaction", () => {
    const rules = `
      SecAction "id:1,phase:1,pass,nolog,setenv:CUIRASS_A35=%{ARGS.a}"
      SecRule ENV:CUIRASS_A35 "@streq x" "id:2,phase:1,pass,log"`;
    expect(matchedIds(runRules(rules, { uri: "/?a=x" }))).toEqual([1, 2]);
    expect(process.env["CUIRASS_A35"]).toBeUndefined();
    expect(matchedIds(runRules(rules.slice(rules.lastIndexOf("SecRule")), { uri: "/?a=x" }))).toEqual([]);
  });
});

describe("selectors", () => {
  test("A15 keys and their patterns disregard case, and escapes keep their meaning", () => {
    const rules = `
      SecRule REQUEST_HEADERS:/^X-\\S+$/ "@streq v" "id:1,phase:1,log"
      SecRule ARGS:/^Foo/ "@streq v" "id:2,phase:1,log"
      SecRule ARGS_NAMES:Foo "@streq Foo" "id:3,phase:1,log"
      SecAction "id:4,phase:1,pass,nolog,ctl:ruleRemoveTargetById=5;ARGS:/^FOO/"
      SecRule ARGS "@streq v" "id:5,phase:1,log"`;
    expect(matchedIds(runRules(rules, { uri: "/?Foo=v", headers: [["X-Name", "v"]] }))).toEqual([1, 2, 3, 4]);
  });

  test("A16 a pattern exclusion leaves nameless entries and single values alone", () => {
    const rules = `
      SecAction "id:1,phase:1,pass,nolog,ctl:ruleRemoveTargetById=2;ARGS:/^free/"
      SecRule ARGS|QUERY_STRING "@contains attack" "id:2,phase:1,log"`;
    const tx = runRules(rules, { uri: "/?=attack&free=attack" });
    const names = tx.matchedRules[1]!.matches.map(({ variable, key }) => [variable, key]);
    expect(names).toEqual([
      ["ARGS", ""],
      ["QUERY_STRING", ""],
    ]);
  });
});

describe("flow", () => {
  test("A17 skipAfter ends with its phase, and a marker leaves MATCHED_VAR alone", () => {
    const rules = `
      SecMarker BEFORE
      SecRule ARGS:a "@streq x" "id:1,phase:1,pass,log,skipAfter:BEFORE"
      SecAction "id:2,phase:1,pass,log"
      SecRule ARGS:a "@streq x" "id:3,phase:2,pass,log"
      SecMarker BETWEEN
      SecRule MATCHED_VAR "@streq x" "id:4,phase:2,pass,log"
      SecRule MATCHED_VAR_NAME "@streq MATCHED_VAR" "id:5,phase:2,pass,log"`;
    expect(matchedIds(runRules(rules, { uri: "/?a=x" }))).toEqual([1, 3, 4, 5]);
  });

  test("A18 allow leaves the logging phase alone, and allow:request after phase 2 lasts for its phase, with a warning", () => {
    const all = `${on}SecAction "id:1,phase:1,allow,log"\nSecAction "id:2,phase:2,deny"\nSecAction "id:3,phase:5,pass,log"`;
    expect(matchedIds(runRules(all))).toEqual([1, 3]);

    const late = `${on}SecAction "id:1,phase:3,allow:request,log"
      SecAction "id:2,phase:3,deny,log"
      SecAction "id:3,phase:4,pass,log"`;
    const waf = createWaf({ directives: late });
    expect(waf.diagnostics.map(({ code }) => code)).toEqual(["WAF_CONFIG_ACTION"]);
    const tx = waf.newTransaction();
    void tx.processRequest({ method: "GET", uri: "/", headers: [] });
    expect(tx.processResponseHeaders(200, "HTTP/1.1")).toBeUndefined();
    void tx.processResponseBody();
    expect(matchedIds(tx)).toEqual([1, 3]);
  });
});

describe("captures, texts and variables of a rule", () => {
  test("A22 a capture empties the slots of earlier rules, and group 9 is stored", () => {
    const rules = `
      SecRule ARGS:a "@rx (.)(.)(.)(.)(.)(.)(.)(.)(.)" "id:1,phase:1,pass,log,capture"
      SecRule TX:9 "@streq 9" "id:2,phase:1,pass,log"
      SecRule ARGS:b "@rx (x)" "id:3,phase:1,pass,log,capture"
      SecRule TX:1 "@streq x" "id:4,phase:1,pass,log"
      SecRule TX:2|TX:9 "@rx ." "id:5,phase:1,pass,log"`;
    expect(matchedIds(runRules(rules, { uri: "/?a=123456789&b=x" }))).toEqual([1, 2, 3, 4]);
  });

  test("A30 macros in tags and redirect targets are expanded", () => {
    const rules = `${on}SecRule ARGS:a "@rx ." "id:1,phase:1,log,tag:'value/%{ARGS.a}',redirect:'https://example.com/?v=%{ARGS.a}'"`;
    const tags: (readonly string[])[] = [];
    const waf = createWaf({ directives: rules, onMatchedRule: (matched) => tags.push(matched.rule.tags) });
    const tx = waf.newTransaction();
    const interruption = tx.processRequest({ method: "GET", uri: "/?a=x", headers: [] });
    expect(interruption).toMatchObject({ action: "redirect", data: "https://example.com/?v=x" });
    expect(tags).toEqual([["value/x"]]);
  });

  test("A33 a rule sees no text of an earlier one, and flags are 0 before anything happened", () => {
    const rules = `
      SecAction "id:1,phase:1,pass,log,msg:'first',logdata:'data'"
      SecRule RULE:msg|RULE:logdata "@rx ." "id:2,phase:1,pass,log"
      SecRule MULTIPART_STRICT_ERROR "@streq 0" "id:3,phase:2,pass,log"
      SecRule INBOUND_DATA_ERROR "@streq 0" "id:4,phase:2,pass,log"
      SecRule RES_BODY_ERROR "@streq 1" "id:5,phase:4,pass,log"
      SecAction "id:6,phase:3,pass,nolog,ctl:responseBodyProcessor=JSON"`;
    const waf = createWaf({
      directives: `SecResponseBodyAccess On\nSecResponseBodyMimeType application/json\n${rules}`,
    });
    const tx = waf.newTransaction();
    void tx.processRequest({ method: "GET", uri: "/", headers: [] });
    tx.addResponseHeader("Content-Type", "application/json");
    void tx.processResponseHeaders(200, "HTTP/1.1");
    void tx.writeResponseBody("{ broken");
    void tx.processResponseBody();
    expect(matchedIds(tx)).toEqual([1, 3, 4, 6, 5]);
  });
});
