import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createWaf } from "@cuirass/engine";
import { createNodeHost } from "./host.ts";
import { locateRuleSet, ruleSetFileSystem, ruleSetSources } from "./rule-sets.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cuirass-rules-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

function makeCrs(path: string, version: string): string {
  mkdirSync(join(path, "rules"), { recursive: true });
  writeFileSync(
    join(path, "crs-setup.conf.example"),
    `# OWASP CRS ver.${version}\nSecDefaultAction "phase:2,log,pass"\n`,
  );
  writeFileSync(join(path, "rules", "REQUEST-1.conf"), 'SecRule ARGS "@contains attack" "id:1,phase:2,deny"\n');
  return path;
}

test("the one asked for wins, and is an error when it is not there", () => {
  const crs = makeCrs(join(directory, "asked"), "4.28.0");
  const environment = { CUIRASS_CRS: makeCrs(join(directory, "environment"), "4.1.0") };
  expect(locateRuleSet({ rules: crs, environment })).toMatchObject({
    kind: "crs",
    title: "OWASP CRS 4.28.0",
    foundBy: "option",
  });
  expect(() => locateRuleSet({ rules: join(directory, "missing"), environment })).toThrow("no rules at");
  expect(() => locateRuleSet({ rules: directory })).toThrow("is no CRS folder");
});

test("then CUIRASS_CRS, ./crs, the newest in the cache", () => {
  const cache = join(directory, "cache");
  const environment = { XDG_CACHE_HOME: cache };
  makeCrs(join(cache, "cuirass/crs/4.9.0"), "4.9.0");
  makeCrs(join(cache, "cuirass/crs/4.28.0"), "4.28.0");
  expect(locateRuleSet({ environment, workingDirectory: directory })).toMatchObject({
    title: "OWASP CRS 4.28.0",
    foundBy: "user's cache",
  });
  makeCrs(join(directory, "crs"), "4.5.0");
  expect(locateRuleSet({ environment, workingDirectory: directory })).toMatchObject({
    title: "OWASP CRS 4.5.0",
    foundBy: "./crs",
  });
  const named = { ...environment, CUIRASS_CRS: makeCrs(join(directory, "named"), "4.6.0") };
  expect(locateRuleSet({ environment: named, workingDirectory: directory })).toMatchObject({
    title: "OWASP CRS 4.6.0",
    foundBy: "CUIRASS_CRS",
  });
});

test("runs with the recommended settings in front, and under the names that configurations use", () => {
  const ruleSet = locateRuleSet({ rules: makeCrs(join(directory, "crs"), "4.28.0") });
  const host = createNodeHost({ fileSystem: ruleSetFileSystem(ruleSet) });
  const waf = createWaf({ directives: ruleSetSources(ruleSet, { mode: "block" }), host });
  expect(waf.settings.requestBodyLimit).toBe(13_107_200);
  expect(waf.settings.ruleEngine).toBe("On");
  const named = createWaf({
    directives: "Include @coraza.conf-recommended\nInclude @crs-setup.conf.example\nInclude @owasp_crs/*.conf\n",
    host,
  });
  expect(named.settings.ruleEngine).toBe("DetectionOnly");
  expect(named.ruleCount).toBe(waf.ruleCount);
});

test("a file or a glob of rules is taken as it is", () => {
  writeFileSync(join(directory, "a.conf"), 'SecAction "id:1,phase:1,pass"\n');
  const ruleSet = locateRuleSet({ rules: join(directory, "*.conf") });
  expect(ruleSet.kind).toBe("files");
  const waf = createWaf({
    directives: ruleSetSources(ruleSet, { mode: "detect" }),
    host: createNodeHost({ fileSystem: ruleSetFileSystem(ruleSet) }),
  });
  expect(waf.context.ruleset.rules.some((rule) => rule.id === 1)).toBe(true);
});

test("a file that includes the recommended settings gets them once, and decides the mode unless one is given", () => {
  const file = join(directory, "main.conf");
  writeFileSync(file, 'Include @coraza.conf-recommended\nSecAction "id:1,phase:1,pass"\n');
  const ruleSet = locateRuleSet({ rules: file });
  const modeOf = (mode?: "block" | "detect"): string => {
    const directives = ruleSetSources(ruleSet, { mode });
    return createWaf({ directives, host: createNodeHost({ fileSystem: ruleSetFileSystem(ruleSet) }) }).settings
      .ruleEngine;
  };
  expect([modeOf(), modeOf("block"), modeOf("detect")]).toEqual(["DetectionOnly", "On", "DetectionOnly"]);
});
