import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { main } from "./main.ts";

let directory: string;
let out: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cuirass-check-"));
  out = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

const run = (...args: string[]): Promise<number> => main(["node", "cuirass", ...args]);
const write = (name: string, text: string): string => {
  const file = join(directory, name);
  writeFileSync(file, text);
  return file;
};

test("a duplicate id is reported with both places", async () => {
  const file = write("a.conf", 'SecAction "id:1,phase:1,pass"\nSecAction "id:1,phase:1,pass"\n');
  expect(await run("check", "--json", file)).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    diagnostics: [{ code: "WAF_CONFIG_RULE_ID_DUPLICATE", file, line: 2, related: [{ file, line: 1 }] }],
  });
});

test("SARIF names code, file and line of each finding", async () => {
  const file = write("a.conf", 'SecRuleEngine On\nSecRule ARGS "@rx a" "id:1,phase:2,deny,t:lowercase"\n');
  expect(await run("check", "--sarif", "-", file)).toBe(0);
  const { version, runs } = JSON.parse(out) as { version: string; runs: { results: object[] }[] };
  expect(version).toBe("2.1.0");
  expect(runs[0]!.results).toMatchObject([
    {
      ruleId: "LINT_TRANSFORMATION_NONE_MISSING",
      level: "warning",
      locations: [{ physicalLocation: { region: { startLine: 2 } } }],
    },
  ]);
});

test("--fix mends what is mechanical, and what it wrote is clean", async () => {
  const file = write(
    "a.conf",
    'SecPcreMatchLimit 1000\nSecRule ARGS|REQUEST_BODY "@rx a" \\\n  "id:1,phase:2,deny,t:lowercase"\nSecRule ARGS,REQUEST_URI "@rx b" "id:2,phase:2,deny,t:none"\n',
  );
  expect(await run("check", "--fix", file)).toBe(0);
  expect(readFileSync(file, "latin1")).toBe(
    'SecRule ARGS|REQUEST_BODY "@rx a" \\\n  "id:1,phase:2,deny,t:none,t:lowercase"\nSecRule ARGS|REQUEST_URI "@rx b" "id:2,phase:2,deny,t:none"\n',
  );
  expect(out).toContain("2 rules, 0 errors, 0 warnings");
});

test("--strict ends with 2 for warnings, --migrate says what to write instead", async () => {
  const file = write("a.conf", "SecPcreMatchLimit 1000\nSecRuleEngine On\n");
  expect(await run("check", "--strict", file)).toBe(2);
  out = "";
  expect(await run("check", "--migrate", file)).toBe(0);
  expect(out).toContain("directive SecPcreMatchLimit, 1 use, first at");
  expect(out).toContain("instead: the line can be deleted");
});

test("rules inside a service configuration are checked where they stand", async () => {
  const text = `bind: 127.0.0.1:0
default_application: a
log_format: json
applications:
  - name: a
    log_format: json
    directives: |
      SecRuleEngine On
      SecRule ARGS "@rx (" "id:1,phase:2,deny,t:none"
    response_check: false
    transaction_ttl_ms: 1000
    transaction_active_limit: 100
`;
  const file = write("agent.yaml", text);
  expect(await run("check", "--json", file)).toBe(1);
  const { diagnostics } = JSON.parse(out) as { diagnostics: { code: string; line: number }[] };
  expect(diagnostics).toMatchObject([{ code: "WAF_CONFIG_OPERATOR_ARGUMENT", line: 9 }]);
});

test("fmt rewrites a file once, --check only says so", async () => {
  const file = write("a.conf", 'secruleengine    on\n\n\n\nSecMarker "END"\n');
  expect(await run("fmt", "--check", file)).toBe(1);
  expect(await run("fmt", file)).toBe(0);
  expect(readFileSync(file, "latin1")).toBe("SecRuleEngine on\n\nSecMarker END\n");
  expect(await run("fmt", "--check", file)).toBe(0);
});
