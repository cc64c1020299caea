// Defects of Coraza's configuration that do not occur here; a row each in docs/data/differences.json.
import { describe, expect, test } from "vitest";
import type { FileSystem, Host } from "../host.ts";
import { toBytes } from "../text/bytes.ts";
import { createWaf } from "../waf.ts";
import { matchedIds, refusals, runRules } from "../testing/run-rules.ts";

/** A file system of one folder level; globs know `*` alone. */
function fileSystem(files: Readonly<Record<string, string>>): FileSystem {
  return {
    workingDirectory: "/elsewhere",
    readFile: (path) => (files[path] === undefined ? undefined : toBytes(files[path])),
    glob: (pattern) => {
      const [before = "", after = ""] = pattern.split("*");
      return Object.keys(files)
        .filter((path) => path.startsWith(before) && path.endsWith(after))
        .sort();
    },
    isWritableDirectory: () => false,
  };
}

function ids(directives: string, uri: string, host: Host = {}): number[] {
  const tx = createWaf({ directives, host }).newTransaction();
  void tx.processRequest({ method: "GET", uri, headers: [] });
  return matchedIds(tx);
}

describe("patterns and data files", () => {
  test("A2 one text is a key pattern, a phrase and a path at once", () => {
    const rules = `
      SecRule ARGS:/abc/ "@pm abc" "id:1,phase:1,log"
      SecRule ARGS "@rx abc" "id:2,phase:1,log"
      SecRule REQUEST_URI "@restpath abc" "id:3,phase:1,log"
      SecRule ARGS "@validateNid us abc" "id:4,phase:1,log"
      SecAuditLogRelevantStatus abc
      SecAction "id:5,phase:1,pass,nolog,ctl:ruleRemoveTargetById=9;ARGS:/abc/"`;
    expect(matchedIds(runRules(rules, { uri: "/?abc=abc" }))).toEqual([1, 2, 3, 5]);
  });

  test("A3 every WAF has the words of its own dataset and of the file as it was when it loaded", () => {
    const dataset = (word: string): string =>
      `SecDataset words \`\n${word}\n\`\nSecRule ARGS "@pmFromDataset words" "id:1,phase:1,log"`;
    const first = createWaf({ directives: dataset("alpha") });
    expect(ids(dataset("beta"), "/?a=beta")).toEqual([1]);
    expect(ids(dataset("beta"), "/?a=alpha")).toEqual([]);
    const tx = first.newTransaction();
    void tx.processRequest({ method: "GET", uri: "/?a=alpha", headers: [] });
    expect(matchedIds(tx)).toEqual([1]);

    const rule = 'SecRule ARGS "@pmFromFile /words" "id:1,phase:1,log"';
    expect(ids(rule, "/?a=alpha", { fileSystem: fileSystem({ "/words": "alpha" }) })).toEqual([1]);
    expect(ids(rule, "/?a=alpha", { fileSystem: fileSystem({ "/words": "beta" }) })).toEqual([]);
  });
});

describe("lines and files", () => {
  test("A12 a line of any length is read, and an unfinished continuation is an error", () => {
    const long = `SecRule ARGS "@pm ${"word".repeat(20_000)}" "id:1,phase:1,log"\nSecAction "id:2,phase:1,pass,log"`;
    expect(matchedIds(runRules(long))).toEqual([2]);
    expect(refusals('SecAction "id:1,phase:1,pass" \\')).toEqual(["SECLANG_CONTINUATION_UNFINISHED"]);
  });

  test("A29 includes are relative to their file, rules keep file and line, and many files are fine", () => {
    const files: Record<string, string> = {
      "/etc/waf/main.conf": 'Include rules/*.conf\n\nSecAction "id:1,phase:1,pass,log"',
      "/etc/waf/rules/a.conf": '# one\nSecAction "id:2,phase:1,pass,log"\nInclude more/b.inc',
      "/etc/waf/rules/more/b.inc": 'SecAction "id:3,phase:1,pass,log"',
    };
    const at: (readonly [id: number, file: string, line: number])[] = [];
    createWaf({
      directives: { file: "/etc/waf/main.conf" },
      host: { fileSystem: fileSystem(files) },
      onRule: ({ id, file, line }) => at.push([id, file, line]),
    });
    expect(at).toEqual([
      [2, "/etc/waf/rules/a.conf", 2],
      [3, "/etc/waf/rules/more/b.inc", 1],
      [1, "/etc/waf/main.conf", 3],
    ]);

    const many = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`/many/${index}.conf`, "# nothing"]));
    const includes = Object.keys(many).map((path) => `Include ${path}\n`);
    expect(() => createWaf({ directives: includes.join(""), host: { fileSystem: fileSystem(many) } })).not.toThrow();
    const circle = { fileSystem: fileSystem({ "/a.conf": "Include /a.conf" }) };
    expect(() => createWaf({ directives: "Include /a.conf", host: circle })).toThrow("deep");
  });
});

describe("exclusions", () => {
  const rules = `
    SecRule ARGS:a "@streq x" "id:1,phase:1,pass,log,msg:'one',tag:'t/1'"
    SecRule ARGS:a "@streq x" "id:2,phase:1,pass,log,tag:'t/1'"
    SecMarker END
    SecRule ARGS:a "@streq x" "id:3,phase:1,pass,log,msg:'three',chain"
      SecRule ARGS:a "@streq x" ""`;
  const after = (directive: string, uri: string): number[] => matchedIds(runRules(rules + "\n" + directive, { uri }));

  test("A5 removal by msg passes over rules and markers without msg", () => {
    expect(after("SecRuleRemoveByMsg one", "/?a=x")).toEqual([2, 3]);
  });

  test("A13 target updates count for every id, range, tag and msg, and reach chained rules", () => {
    expect(after('SecRuleUpdateTargetById 1-2 "ARGS:b"', "/?b=x")).toEqual([1, 2]);
    expect(after('SecRuleUpdateTargetById 1 3 "!ARGS:a"', "/?a=x")).toEqual([2]);
    expect(after('SecRuleUpdateTargetById 1 "ARGS:b | ARGS:c"', "/?c=x")).toEqual([1]);
    expect(after('SecRuleUpdateTargetByTag t/1 "ARGS:b"', "/?b=x")).toEqual([1, 2]);
    expect(after('SecRuleUpdateTargetByMsg one "ARGS:b"', "/?b=x")).toEqual([1]);
    const chained = 'SecRuleUpdateTargetById 3:0 "ARGS:b"\nSecRuleUpdateTargetById 3:1 "ARGS:b"';
    expect(after(chained, "/?b=x")).toEqual([3]);
    const child = `SecRule REQUEST_URI "@rx ." "id:4,phase:1,pass,log,chain"\nSecRule ARGS "@streq x" ""\n`;
    expect(after(`${child}SecRuleUpdateTargetById 4 "!ARGS:a"`, "/?a=x")).toEqual([1, 2, 3]);
  });

  test("A14 action updates take blanks, leave id and phase alone, and merge the default of block", () => {
    const update = (actions: string): string =>
      `SecRuleEngine On
      SecDefaultAction "phase:1,log,deny,status:451"
      SecRule ARGS:a "@streq x" "id:1,phase:1,pass,log"
      SecRuleUpdateActionById 1 "${actions}"`;
    const status = (actions: string): number | undefined =>
      runRules(update(actions), { uri: "/?a=x" }).interruption?.status;
    expect(status("deny, status:418")).toBe(418);
    expect(status("block")).toBe(451);
    expect(refusals(update("id:7"))).toEqual(["WAF_CONFIG_UPDATE_ACTION"]);
    expect(refusals(update("phase:2"))).toEqual(["WAF_CONFIG_UPDATE_ACTION"]);
  });
});

describe("rules", () => {
  test("A21 a rule without id is refused", () => {
    expect(refusals('SecRule ARGS "@rx x" "phase:1,deny"')).toEqual(["WAF_CONFIG_RULE_ID_MISSING"]);
    expect(refusals('SecRule ARGS "@rx x"')).toEqual(["WAF_CONFIG_RULE_ID_MISSING"]);
  });

  test("A31 initcol, expirevar and exec do what they say, or are refused where the host cannot", () => {
    const programs: (readonly string[])[] = [];
    const host: Host = {
      programRunner: {
        run: (path, args) => {
          programs.push([path, ...args]);
          return { exitCode: 0, output: "" };
        },
      },
      clock: { now: () => now, monotonic: () => now },
    };
    let now = 1_000_000;
    const waf = createWaf({
      directives: `
        SecAction "id:1,phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR}"
        SecRule IP:seen "@eq 1" "id:2,phase:1,pass,log,exec:/bin/notify"
        SecAction "id:3,phase:1,pass,nolog,setvar:ip.seen=1,expirevar:ip.seen=60"`,
      host,
    });
    const run = (): number[] => {
      const tx = waf.newTransaction();
      void tx.processRequest({
        client: { address: "192.0.2.1", port: 1 },
        method: "GET",
        uri: "/",
        headers: [],
      });
      return matchedIds(tx);
    };
    expect(run()).toEqual([1, 3]);
    expect(run()).toEqual([1, 2, 3]);
    expect(programs).toHaveLength(1);
    expect(programs[0]![0]).toBe("/bin/notify");
    now += 61_000;
    expect(run()).toEqual([1, 3]);
    expect(refusals('SecAction "id:1,phase:1,pass,exec:/bin/notify"')).toEqual(["WAF_CONFIG_ACTION_ARGUMENT"]);
  });
});
