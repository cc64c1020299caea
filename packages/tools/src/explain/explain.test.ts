import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openRuleSet } from "../rule-set-spec.ts";
import { readCurl } from "../traffic/curl.ts";
import { explainExchange } from "./explain-exchange.ts";

test("an explanation names bytes, transformations, points, and what was not tried", async () => {
  const directory = mkdtempSync(join(tmpdir(), "cuirass-explain-"));
  const file = join(directory, "a.conf");
  writeFileSync(
    file,
    `SecRuleEngine On
SecRule ARGS:q "@rx <script" "id:1,phase:1,pass,log,t:none,t:lowercase,t:trim,msg:'markup',setvar:tx.score=+5"
SecRule TX:score "@ge 5" "id:2,phase:1,deny,status:406,log"
SecRule ARGS "@rx never" "id:3,phase:1,deny,log,t:none"
`,
  );
  const waf = openRuleSet({ rules: file }, { tracing: true });
  const explanation = await explainExchange(waf, readCurl("curl 'http://h/?q=a<SCRIPT>'", "c"));
  rmSync(directory, { recursive: true });
  expect(explanation).toMatchObject({
    verdict: "blocked",
    interruption: { action: "deny", status: 406, ruleId: 2 },
    scores: [{ name: "score", total: 5, parts: [{ ruleId: 1, points: 5 }] }],
    passedOver: [{ outcome: "not reached", detail: "interrupted by rule 2", ids: [3] }],
  });
  expect(explanation.rules[0]).toMatchObject({
    id: 1,
    line: 2,
    matches: [
      {
        variable: "ARGS:q",
        operator: "rx",
        argument: "<script",
        received: "a<SCRIPT>",
        steps: [{ transformation: "lowercase", value: "a<script>" }],
        unchanged: ["trim"],
        span: [1, 8],
      },
    ],
  });
});
