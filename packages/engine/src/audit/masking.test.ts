import { expect, test } from "vitest";
import { createWaf } from "../waf.ts";
import { Masking } from "./masking.ts";
import { escapeField } from "./quote.ts";

const masking = new Masking([{ kind: "arg", name: "password" }]);

test("a hidden argument of a form is hidden alone", () => {
  expect(masking.body("a=1&password=secret", "URLENCODED")).toBe("a=1&password=******");
});

test("a body that is no form is hidden whole once an argument is hidden", () => {
  expect(masking.body('{"password":"secret"}', "JSON")).toBe("*".repeat(21));
  expect(masking.body("plain", "")).toBe("*****");
});

test("a body is left alone when nothing is hidden", () => {
  expect(new Masking([]).body('{"a":1}', "JSON")).toBe('{"a":1}');
});

test("a field cannot end its field or line", () => {
  expect(escapeField("a b\nc")).toBe("a\\x20b\\nc");
});

test("a hidden match of a variable that may stand anywhere hides addresses, values and bodies", () => {
  for (const name of ["QUERY_STRING", "RESPONSE_BODY", "TX:0", "ARGS_NAMES:secret"]) {
    const all = new Masking([{ kind: "matched", name }]);
    const shown = [all.form("x"), all.arg("a", "x"), all.requestHeader("a", "x"), all.responseHeader("a", "x")];
    expect([...shown, all.body("x", "URLENCODED"), all.responseBody("x")].join("")).toBe("******");
  }
});

test("a single cookie is hidden, the others stay readable", () => {
  const cookies = new Masking([{ kind: "cookie", name: "session" }]);
  expect(cookies.requestHeader("Cookie", "a=1; Session=secret; b=2")).toBe("a=1; Session=******; b=2");
});

test("an argument of the list is hidden wherever an entry or an error-log line could quote it", async () => {
  const entries: string[] = [];
  const lines: string[] = [];
  const waf = createWaf({
    directives: `
      SecRequestBodyAccess On
      SecAuditEngine On
      SecAuditLog anywhere
      SecAuditLogFormat JSON
      SecAuditLogParts ABCFHKZ
      SecRule ARGS "@rx (tiger\\w+)" "id:1,phase:2,pass,log,capture,msg:'found %{MATCHED_VAR}',logdata:'%{TX.1} in %{MATCHED_VAR_NAME}'"
      SecRule REQUEST_BODY "@contains tiger" "id:2,phase:2,pass,log,logdata:'%{MATCHED_VAR}'"
      SecRule REQUEST_HEADERS:Authorization "@rx ." "id:3,phase:2,pass,log,logdata:'%{MATCHED_VAR}'"
      SecRule REQUEST_COOKIES "@rx ." "id:4,phase:2,pass,log,logdata:'%{MATCHED_VAR}'"
      SecRule ARGS:q "@rx ." "id:5,phase:2,deny,log,chain,logdata:'%{MATCHED_VAR}'"
        SecRule ARGS:password "@rx ."`,
    masking: { arguments: ["Password"], requestHeaders: ["authorization"], cookies: ["SID"] },
    host: { auditSink: { write: ({ text, indexLine }) => entries.push(text + indexLine) } },
    onMatchedRule: (matched) => lines.push(matched.errorLog()),
  });
  const tx = waf.newTransaction();
  await tx.processRequest({
    method: "POST",
    uri: "/login?q=visible&password=tigerQuery",
    headers: [
      ["Authorization", "Basic tigerHeader"],
      ["Cookie", "sid=tigerCookie; theme=dark"],
      ["Referer", "https://example.com/?password=tigerReferer"],
      ["Content-Type", "application/x-www-form-urlencoded"],
    ],
    body: "user=ada&password=tigerBody",
  });
  await tx.processLogging();
  expect(lines).toHaveLength(5);
  expect(entries).toHaveLength(1);
  for (const text of [...entries, ...lines])
    expect(text.replaceAll("contains tiger", "").replaceAll("(tiger", "")).not.toMatch(/tiger[A-Z]/);
  expect(entries[0]).toContain("user=ada");
  expect(entries[0]).toContain("theme=dark");
  expect(entries[0]).toContain("ARGS:password");
});

test("without anything to hide a matched rule is shown as it is", async () => {
  const waf = createWaf({ directives: `SecRule ARGS "@rx a" "id:1,phase:1,pass,log,logdata:'%{MATCHED_VAR}'"` });
  const tx = waf.newTransaction();
  await tx.processRequest({ method: "GET", uri: "/?x=abc", headers: [] });
  expect(tx.matchedRules[0]!.errorLog()).toContain('[data "abc"]');
});
