import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { profile } from "./profile.ts";

test("the rule that does the work is at the top, rules that were passed over are not there", async () => {
  const directory = mkdtempSync(join(tmpdir(), "cuirass-profile-"));
  const rules = join(directory, "a.conf");
  writeFileSync(
    rules,
    `SecRuleEngine On
SecRule ARGS "@rx (?:a[^b]{0,20}){3}c" "id:1,phase:1,pass,log,t:none,t:htmlEntityDecode,t:jsDecode"
SecRule ARGS "@rx needle" "id:2,phase:1,pass,log,t:none"
`,
  );
  const request = {
    name: "r",
    method: "GET",
    uri: `/?q=${"aaxyz".repeat(200)}c`,
    protocol: "HTTP/1.1",
    headers: [],
    body: "",
  };
  const result = await profile([request], { ruleSet: { rules }, rounds: 3 });
  rmSync(directory, { recursive: true });
  expect(result).toMatchObject({ exchanges: 1, rounds: 3 });
  const own = result.rules.filter(({ id }) => id < 10);
  expect(own).toMatchObject([{ id: 1, evaluated: 3, matched: 3, worstOn: "r" }]);
  expect(result.totalMs).toBeGreaterThan(0);
});
