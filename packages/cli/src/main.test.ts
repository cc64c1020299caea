import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { main } from "./main.ts";
import { startDemoApp } from "./demo-app.ts";
import { runProxy } from "./run-proxy.ts";

let directory: string;
let out: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cuirass-cli-"));
  out = "";
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockImplementation((text) => {
      out += String(text);
      return true;
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

const run = (...args: string[]): Promise<number> => main(["node", "cuirass", ...args]);

test("check lists every error with its place and ends with 1", async () => {
  const file = join(directory, "bad.conf");
  writeFileSync(file, 'SecRuleEngin On\nSecRule ARGZ "@rx (" "id:1,phase:9"\n');
  expect(await run("check", file)).toBe(1);
  expect(out).toContain(`${file}:1:1: error: unknown directive "SecRuleEngin"`);
  expect(out).toContain("did you mean SecRuleEngine?");
  expect(out).toContain(`${file}:2:9: error: unknown variable "ARGZ"`);
  expect(out).toContain("@rx: the group is not closed");
  expect(out).toContain("is not a phase");
});

test("check of good rules ends with 0, also as JSON", async () => {
  const file = join(directory, "good.conf");
  writeFileSync(file, 'SecRule ARGS "@rx a" "id:1,phase:1,pass"\n');
  expect(await run("check", file)).toBe(0);
  expect(out).toContain("1 rules, 0 errors, 0 warnings");
  out = "";
  expect(await run("check", "--json", file)).toBe(0);
  expect(JSON.parse(out)).toEqual({ rules: 1, diagnostics: [] });
});

test("an unknown command, and a rule set that is not there, are errors without a stack", async () => {
  expect(await run("chekc")).toBe(1);
  expect(await run("proxy", "--upstream", "http://127.0.0.1:1", "--rules", join(directory, "none"))).toBe(1);
  expect(out).toContain("no rules at");
  expect(out).not.toContain("at main");
});

test("directives of the command line may be in a file, and errors name it", async () => {
  const file = join(directory, "exclusions.conf");
  writeFileSync(file, "SecRuleRemoveByID 1\nSecRul broken\n");
  const options = ["--upstream", "http://127.0.0.1:1", "--listen", "127.0.0.1:0", "--rules", "built-in"];
  expect(await run("proxy", ...options, "--directives-after", file)).toBe(1);
  expect(out).toContain(`${file}:2:1: error: unknown directive "SecRul"`);
});

test("an option of a command is not taken for one of the program", async () => {
  expect(await run("crs", "install", "--version", "9.9.9", "--from", directory)).toBe(1);
  expect(out).not.toMatch(/^0\.1\.0$/m);
  expect(out).toContain("9.9.9");
});

test("the demonstration blocks an attack, and explain says why", async () => {
  const rules = join(directory, "rules.conf");
  writeFileSync(
    rules,
    `SecRule ARGS:name "@detectXSS" "id:100,phase:2,deny,t:none,t:urlDecodeUni,log,msg:'script in a name'"\n`,
  );
  vi.stubEnv("CUIRASS_LOG_LEVEL", "silent");
  const app = await startDemoApp();
  const running = (await runProxy({
    upstream: app.url,
    listen: "127.0.0.1:0",
    admin: "127.0.0.1:0",
    rules,
    mode: "block",
  }))!;
  try {
    expect(await (await fetch(`${running.url}/?name=Ada`)).text()).toContain("Welcome, Ada!");
    const blocked = await fetch(`${running.url}/?name=${encodeURIComponent("<script>alert(1)</script>")}`, {
      headers: { accept: "application/json" },
    });
    expect(blocked.status).toBe(403);
    const { requestId } = (await blocked.json()) as { requestId: string };
    expect(await run("explain", "--admin", running.adminUrl!, "--", requestId)).toBe(0);
    expect(out).toContain("verdict blocked: deny 403 by rule 100");
    expect(out).toContain("script in a name");
    expect(out).toContain("ARGS:name @detectXSS");
    const metrics = await (await fetch(`${running.adminUrl}/metrics`)).text();
    expect(metrics).toContain('cuirass_transactions_total{app="default",verdict="blocked"} 1');
    expect(await run("explain", "--admin", running.adminUrl!, "unknown")).toBe(1);
  } finally {
    await running.close();
    app.close();
  }
});

test("a wrong configuration of the proxy is told of line by line, without a stack", async () => {
  const file = join(directory, "proxy.yaml");
  writeFileSync(file, "upstreams: { app: http://127.0.0.1:1 }\nlissten: :8080\n");
  expect(await run("proxy", "--config", file)).toBe(1);
  expect(out).toContain(`${file}:2:1: unknown key "lissten"; did you mean listen?`);
  expect(out).not.toContain("    at ");
});

test("check takes the proxy's configuration as well, and the rules that it names", async () => {
  const file = join(directory, "proxy.yaml");
  const rules = join(directory, "rules.conf");
  writeFileSync(rules, 'SecRule ARGS "@rx a" "id:1,phase:1,pass"\nSecRule ARGZ "@rx a" "id:2,phase:1,pass"\n');
  writeFileSync(file, "upstreams: { app: http://127.0.0.1:1 }\nworkers: many\n");
  expect(await run("check", file)).toBe(1);
  expect(out).toContain(`${file}:2:10: error: workers: expected a number`);
  out = "";
  writeFileSync(file, "upstreams: { app: http://127.0.0.1:1 }\nrule_sets: { default: { rules: rules.conf } }\n");
  expect(await run("check", file)).toBe(1);
  expect(out).toContain(`${rules}:2:9: error: unknown variable "ARGZ"`);
  out = "";
  writeFileSync(rules, 'SecRule ARGS "@rx a" "id:1,phase:1,pass"\n');
  expect(await run("check", file)).toBe(0);
});

test.each([
  [["proxy"], "no application is named"],
  [["proxy", "--upstream", "localhost:3000"], "--upstream:"],
  [["proxy", "--upstream", "http://127.0.0.1:1", "--workers", "many"], '--workers: "many" is no number'],
  [["proxy", "--upstream", "http://127.0.0.1:1", "--tls-cert", "x"], "--tls-cert and --tls-key belong together"],
  [
    ["proxy", "--upstream", "http://127.0.0.1:1", "--rules", "built-in", "--trusted-proxies", "10.0.0.0/99"],
    "no network",
  ],
  [["envoy", "--rules", "built-in", "--rule-set", "x"], '--rule-set: "x" is not NAME=PATH'],
])("%j is refused", async (words, message) => {
  expect(await run(...words)).toBe(1);
  expect(out).toContain(message);
  expect(out).not.toContain("    at ");
});
