import { describe, expect, test } from "vitest";
import { createWaf } from "../waf.ts";
import { matchedIds, refusals, runRules } from "../testing/run-rules.ts";

const get = (uri: string) => ({ uri });

describe("targets", () => {
  test("a selector takes one name, an exclusion leaves one out, a count counts", () => {
    const rules = `
      SecRule ARGS:a "@streq 1" "id:1,phase:1,log"
      SecRule ARGS|!ARGS:a "@streq 1" "id:2,phase:1,log"
      SecRule &ARGS "@eq 2" "id:3,phase:1,log"`;
    expect(matchedIds(runRules(rules, get("/?a=1&b=2")))).toEqual([1, 3]);
    expect(matchedIds(runRules(rules, get("/?a=2&b=1")))).toEqual([2, 3]);
  });

  test("a key pattern that asks for a case is about the key as it came", () => {
    const rules = `
      SecRule ARGS:/(?-i:UTM)/ "@streq 1" "id:1,phase:1,log"
      SecRule ARGS|!ARGS:/(?-i:UTM)/ "@streq 1" "id:2,phase:1,log"
      SecRule REQUEST_HEADERS:/^X-(?-i:Id)$/ "@streq 1" "id:3,phase:1,log"`;
    const headers = [["x-Id", "1"]] as const;
    expect(matchedIds(runRules(rules, { uri: "/?UTM=1", headers }))).toEqual([1, 3]);
    expect(matchedIds(runRules(rules, { uri: "/?utm=1", headers: [["x-id", "1"]] }))).toEqual([2]);
  });

  test("variables that a request may lack count as none without a value", () => {
    const rules = ["AUTH_TYPE", "REMOTE_USER", "PATH_INFO", "SESSIONID", "USERID"]
      .map((name, index) => `SecRule &${name} "@eq 0" "id:${index + 1},phase:1,log"`)
      .join("\n");
    expect(matchedIds(runRules(rules))).toEqual([1, 2, 3, 4, 5]);
    const headers = [["Authorization", "Basic dTpw"]] as const;
    expect(matchedIds(runRules(rules, { uri: "/x.php/info", headers }))).toEqual([4, 5]);
  });

  test("A32 values are tried in the order of the request", () => {
    const rules = `
      SecAction "id:1,phase:1,pass,nolog,setvar:tx.seen=>"
      SecRule ARGS "@rx ^x" "id:2,phase:1,log,setvar:'tx.seen=%{tx.seen} %{matched_var_name}'"`;
    const tx = runRules(rules, get("/?c=x&a=x&b=x"));
    expect(tx.variables.tx.first("seen")).toBe("> ARGS:c ARGS:a ARGS:b");
  });
});

test("a rule that changes no score is not said to have made the changes of a later one", () => {
  const rules = `
      SecAction "id:1,phase:1,pass,nolog"
      SecAction "id:2,phase:1,pass,nolog,setvar:tx.score=+5"`;
  const scores = runRules(rules).matchedRules.map((matched) => matched.scores);
  expect(scores).toEqual([[], [{ name: "score", before: undefined, after: "5" }]]);
});

test("a profiler is told of the rules that were evaluated", () => {
  const times: [number, number][] = [];
  const waf = createWaf({
    directives: `
      SecAction "id:1,phase:1,pass,nolog"
      SecRule ARGS "@rx attack" "id:2,phase:1,pass,log"`,
    onRuleTime: (id, ms) => times.push([id, ms]),
  });
  void waf.newTransaction().processRequest({ method: "GET", uri: "/?a=attack", headers: [] });
  expect(times.map(([id]) => id)).toEqual([1, 2]);
  expect(times.every(([, ms]) => ms >= 0)).toBe(true);
});

describe("chains", () => {
  const rules = `SecRule ARGS:a "@streq 1" "id:1,phase:1,deny,status:418,chain,setvar:tx.first=1"
      SecRule ARGS:b "@streq 2" "setvar:tx.second=1"`;

  test("interrupt when every rule matched", () => {
    const tx = runRules(rules, get("/?a=1&b=2"));
    expect(tx.interruption).toMatchObject({ action: "deny", status: 418, ruleId: 1 });
    expect(tx.variables.tx.first("second")).toBe("1");
  });

  test("match nothing when one rule does not, but the setvar of those that did counts", () => {
    const tx = runRules(rules, get("/?a=1&b=3"));
    expect(matchedIds(tx)).toEqual([]);
    expect(tx.variables.tx.first("first")).toBe("1");
  });

  test("have their disruptive action on the first rule, block included", () => {
    for (const action of ["deny", "block", "pass", "drop"]) {
      const chain = `SecRule ARGS "@rx a" "id:1,phase:1,chain"\nSecRule ARGS "@rx b" "${action}"`;
      expect(refusals(chain)).toEqual(["WAF_CONFIG_CHAIN_DISRUPTIVE"]);
    }
  });
});

describe("flow", () => {
  test("skip leaves out so many rules of the phase", () => {
    const rules = `
      SecAction "id:1,phase:1,pass,log,skip:1"
      SecAction "id:2,phase:1,pass,log"
      SecAction "id:3,phase:1,pass,log"`;
    expect(matchedIds(runRules(rules))).toEqual([1, 3]);
  });

  test("skipAfter goes on behind its marker", () => {
    const rules = `
      SecAction "id:1,phase:1,pass,log,skipAfter:END"
      SecAction "id:2,phase:1,pass,log"
      SecMarker END
      SecAction "id:3,phase:1,pass,log"`;
    expect(matchedIds(runRules(rules))).toEqual([1, 3]);
  });

  test("allow ends all phases but logging", () => {
    const rules = `
      SecRuleEngine On
      SecAction "id:1,phase:1,allow,log"
      SecAction "id:2,phase:2,deny,log"
      SecAction "id:5,phase:5,pass,log"`;
    const tx = runRules(rules);
    expect(matchedIds(tx)).toEqual([1, 5]);
    expect(tx.interruption).toBeUndefined();
  });
});

describe("disruptive actions", () => {
  test("block takes the action of the phase's default", () => {
    const rules = `
      SecRuleEngine On
      SecDefaultAction "phase:1,log,deny,status:451"
      SecRule ARGS:a "@streq 1" "id:1,phase:1,block"`;
    expect(runRules(rules, get("/?a=1")).interruption).toMatchObject({ action: "deny", status: 451 });
  });

  test("do nothing but a note in DetectionOnly", () => {
    const tx = runRules(`SecRuleEngine DetectionOnly\nSecAction "id:1,phase:1,deny,log"`);
    expect(tx.interruption).toBeUndefined();
    expect(tx.detectionOnlyInterruption).toMatchObject({ ruleId: 1, action: "deny" });
    expect(matchedIds(tx)).toEqual([1]);
  });

  test("are switched off for one request by ctl", () => {
    const rules = `
      SecRuleEngine On
      SecRule REQUEST_URI "@beginsWith /health" "id:1,phase:1,pass,nolog,ctl:ruleEngine=Off"
      SecAction "id:2,phase:1,deny"`;
    expect(runRules(rules, get("/health")).interruption).toBeUndefined();
    expect(runRules(rules, get("/other")).interruption).toBeDefined();
  });

  test("redirect to an address with expanded macros", () => {
    const rules = `SecRuleEngine On\nSecAction "id:1,phase:1,redirect:'https://example.com/?from=%{REQUEST_FILENAME}'"`;
    expect(runRules(rules, get("/x")).interruption).toMatchObject({
      action: "redirect",
      status: 302,
      data: "https://example.com/?from=/x",
    });
  });
});

describe("transformations", () => {
  test("multiMatch tests every step, a plain rule the end only", () => {
    const rule = (id: number, more: string) =>
      `SecRule ARGS:a "@streq %41" "id:${id},phase:1,log,t:none,t:urlDecode,t:lowercase${more}"`;
    const rules = `${rule(1, "")}\n${rule(2, ",multiMatch")}`;
    expect(matchedIds(runRules(rules, get("/?a=%2541")))).toEqual([2]);
  });

  test("A1 a later rule with other targets sees its own value transformed", () => {
    const rules = `
      SecRule ARGS "@rx nothing" "id:1,phase:1,log,t:lowercase"
      SecRule ARGS:a "@streq s" "id:2,phase:1,log,t:lowercase"`;
    for (let run = 0; run < 20; run++) {
      expect(matchedIds(runRules(rules, get("/?z=0&a=1&a=S")))).toEqual([2]);
    }
  });
});

describe("scores", () => {
  test("add up over rules and block at a threshold", () => {
    const rules = `
      SecRuleEngine On
      SecAction "id:1,phase:1,pass,nolog,setvar:tx.threshold=5"
      SecRule ARGS:a "@streq 1" "id:2,phase:1,pass,log,setvar:tx.score=+3"
      SecRule ARGS:b "@streq 1" "id:3,phase:1,pass,log,setvar:tx.score=+3"
      SecRule TX:score "@ge %{tx.threshold}" "id:4,phase:1,deny,status:403,log,msg:'score %{tx.score}'"`;
    expect(runRules(rules, get("/?a=1")).interruption).toBeUndefined();
    const tx = runRules(rules, get("/?a=1&b=1"));
    expect(tx.interruption).toMatchObject({ ruleId: 4 });
    expect(tx.matchedRules.at(-1)!.message).toBe("score 6");
  });
});

describe("exclusions", () => {
  const rule = `SecRule ARGS "@contains x" "id:100,phase:1,log,tag:'app',msg:'an x'"`;

  test.each([
    ["by id", "SecRuleRemoveById 100"],
    ["by range", "SecRuleRemoveById 50-150"],
    ["by tag", "SecRuleRemoveByTag app"],
    ["by message", 'SecRuleRemoveByMsg "an x"'],
  ])("remove a rule %s, whether it stands before or behind", (_name, directive) => {
    expect(matchedIds(runRules(`${rule}\n${directive}`, get("/?a=x")))).toEqual([]);
    expect(matchedIds(runRules(`${directive}\n${rule}`, get("/?a=x")))).toEqual([]);
  });

  test("take a target out for good, or for one request by ctl", () => {
    const fixed = `${rule}\nSecRuleUpdateTargetById 100 "!ARGS:free"`;
    expect(matchedIds(runRules(fixed, get("/?free=x")))).toEqual([]);
    expect(matchedIds(runRules(fixed, get("/?free=x&a=x")))).toEqual([100]);
    const dynamic = `SecRule REQUEST_FILENAME "@streq /cms" "id:1,phase:1,pass,nolog,ctl:ruleRemoveTargetById=100;ARGS:free"\n${rule}`;
    expect(matchedIds(runRules(dynamic, get("/cms?free=x")))).toEqual([1]);
    expect(matchedIds(runRules(dynamic, get("/?free=x")))).toEqual([100]);
  });
});
