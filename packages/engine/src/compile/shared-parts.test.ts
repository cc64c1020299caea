import { describe, expect, test } from "vitest";
import type { FileSystem } from "../host.ts";
import type { Waf } from "../waf.ts";
import { createWaf } from "../waf.ts";

const rules = `
  SecRule ARGS "@rx union\\s+select" "id:1,phase:1,pass,t:urlDecodeUni,t:lowercase"
  SecRule ARGS "@pm passwd shadow" "id:2,phase:1,pass"
  SecRule REQUEST_HEADERS "@contains evil" "id:3,phase:1,pass,t:lowercase"`;

function matches(waf: Waf, uri: string): number[] {
  const tx = waf.newTransaction();
  void tx.processRequest({ method: "GET", uri, headers: [["X-Test", "EVIL"]] });
  return tx.matchedRules.map(({ rule }) => rule.id);
}

const uris = ["/?a=1+UNION+SELECT+2", "/?a=%75nion%20select", "/?a=/etc/passwd", "/?a=teapot", "/?a=harmless"];

describe("a WAF that shares with another one", () => {
  const first = createWaf({ directives: rules });

  test("answers as one that was compiled alone", () => {
    const own = `${rules}\nSecRuleRemoveById 2\nSecRule ARGS "@rx teapot" "id:9,phase:1,pass"`;
    const alone = createWaf({ directives: own });
    const sharing = createWaf({ directives: own, shareWith: first });
    for (const uri of uris) expect(matches(sharing, uri)).toEqual(matches(alone, uri));
    expect(uris.map((uri) => matches(sharing, uri))).toEqual([[1, 3], [1, 3], [3], [3, 9], [3]]);
  });

  test("has the same operators and prefilters where rules are the same", () => {
    const sharing = createWaf({ directives: `${rules}\nSecRuleRemoveById 3`, shareWith: first });
    const [a, b] = [first.context.ruleset, sharing.context.ruleset];
    expect(b.rules[0]!.operator!.matcher).toBe(a.rules[0]!.operator!.matcher);
    expect(b.prefilters.request).toBe(a.prefilters.request);
  });

  test("leaves the other one as it was", () => {
    const before = uris.map((uri) => matches(first, uri));
    createWaf({ directives: `SecRule ARGS "@rx brandnew" "id:5,phase:1,pass,t:hexDecode"`, shareWith: first });
    expect(uris.map((uri) => matches(first, uri))).toEqual(before);
  });

  test("keeps groups of literals apart that two WAFs add to those of a third", () => {
    const one = createWaf({
      directives: `${rules}\nSecRule ARGS "@rx aardvark" "id:5,phase:1,pass"`,
      shareWith: first,
    });
    const other = createWaf({ directives: `${rules}\nSecRule ARGS "@rx bison" "id:5,phase:1,pass"`, shareWith: first });
    expect(matches(one, "/?a=aardvark")).toContain(5);
    expect(matches(one, "/?a=bison")).not.toContain(5);
    expect(matches(other, "/?a=bison")).toContain(5);
    const again = createWaf({ directives: `${rules}\nSecRule ARGS "@rx bison" "id:5,phase:1,pass"`, shareWith: one });
    expect(matches(again, "/?a=bison")).toContain(5);
  });
});

test("targets with the same key pattern have one pattern, in one WAF and in those that share with it", () => {
  const directives = `
    SecRule ARGS|!ARGS:/^utm_/ "@rx a" "id:1,phase:1,pass"
    SecRule ARGS|!ARGS:/^utm_/ "@rx b" "id:2,phase:1,pass"`;
  const first = createWaf({ directives });
  const sharing = createWaf({ directives, shareWith: first });
  const selectors = [first, sharing].flatMap((waf) =>
    waf.context.ruleset.rules.map(({ targets }) => targets[0]!.exclusions[0]!.selector),
  );
  expect(selectors).toHaveLength(4);
  expect(new Set(selectors).size).toBe(1);
});

test("a long line of reloads does not keep the literals of all rules that there ever were", () => {
  let waf = createWaf({ directives: rules });
  for (let version = 0; version < 60; version++) {
    const rule = `SecRule ARGS "@rx word${"abcdefgh"[version % 8]}${version}x" "id:7,phase:1,pass"`;
    waf = createWaf({ directives: rule, shareWith: waf });
    expect(waf.context.ruleset.prefilters.request.groupCount).toBeLessThan(20);
  }
});

test("data files are read anew", () => {
  const files = new Map([["/rules/words.data", "aardvark\n"]]);
  const fileSystem: FileSystem = {
    workingDirectory: "/",
    readFile: (path) => {
      const text = files.get(path);
      return text === undefined ? undefined : Uint8Array.from(text, (unit) => unit.charCodeAt(0));
    },
    glob: () => [],
    isWritableDirectory: () => false,
  };
  const config = {
    directives: `SecRule ARGS "@pmFromFile /rules/words.data" "id:1,phase:1,pass"`,
    host: { fileSystem },
  };
  const before = createWaf(config);
  files.set("/rules/words.data", "bison\n");
  const after = createWaf({ ...config, shareWith: before });
  expect([matches(before, "/?a=aardvark"), matches(before, "/?a=bison")]).toEqual([[1], []]);
  expect([matches(after, "/?a=aardvark"), matches(after, "/?a=bison")]).toEqual([[], [1]]);
});

test("warnings about a shared operator are given again", () => {
  const config = { directives: `SecRule ARGS "@pm  " "id:1,phase:1,pass"` };
  const first = createWaf(config);
  expect(createWaf({ ...config, shareWith: first }).diagnostics.map(({ message }) => message)).toEqual(
    first.diagnostics.map(({ message }) => message),
  );
});
