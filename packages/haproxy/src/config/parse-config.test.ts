import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { isLocal, parseBind } from "./bind-address.ts";
import { parseConfig } from "./parse-config.ts";

const minimal = `bind: 127.0.0.1:9000
log_level: info
log_file: /dev/stdout
log_format: json
default_application: site
applications:
  - name: site
    log_level: error
    log_file: /var/log/site.log
    log_format: console
    response_check: true
    transaction_ttl_ms: 5000
    directives: |
      SecRuleEngine On
      SecRule ARGS "@rx a" "id:1,deny"
`;

const problemsOf = (text: string, options?: { strictCompat: boolean }): string[] => {
  try {
    parseConfig(text, "c.yaml", options);
  } catch (error) {
    return (error as Error).message.split("\n");
  }
  return [];
};

describe("the current form", () => {
  test("is read whole, with defaults", () => {
    const { config, warnings, converted } = parseConfig(minimal, "c.yaml");
    expect(warnings).toEqual([]);
    expect(converted).toBeUndefined();
    expect(config).toMatchObject({
      bind: { kind: "tcp", host: "127.0.0.1", port: 9000 },
      log: { level: "info", file: "/dev/stdout", format: "json" },
      defaultApplication: "site",
      deadlineMs: 400,
      workers: 0,
      maxFrameSize: 65_536,
    });
    expect(config.applications).toEqual([
      {
        name: "site",
        directives: 'SecRuleEngine On\nSecRule ARGS "@rx a" "id:1,deny"\n',
        directivesLine: 14,
        responseCheck: true,
        transactionTtlMs: 5000,
        transactionActiveLimit: 100_000,
        transactionActiveBytes: 268_435_456,
        legacyVariables: false,
        onTruncated: "flag",
        onTruncatedSuspected: false,
        onError: "flag",
        log: { level: "error", file: "/var/log/site.log", format: "console" },
      },
    ]);
  });

  test("says where counters are kept and what logs must not show", () => {
    const more = "store: redis://127.0.0.1:6379\nstore_when_down: fault\nmask: [arg:password, header:authorization]\n";
    expect(parseConfig(more + minimal, "c.yaml").config.operations).toEqual({
      store: "redis://127.0.0.1:6379",
      storeWhenDown: "fault",
      masking: { arguments: ["password"], requestHeaders: ["authorization"] },
    });
    expect(parseConfig(minimal, "c.yaml").config.operations).toMatchObject({ store: "memory", masking: {} });
    expect(problemsOf(`store: file:///x\nmask: [password]\n${minimal}`)).toEqual([
      expect.stringContaining("store: expected memory or redis://HOST"),
      expect.stringContaining('"password" cannot be masked: expected arg:NAME'),
    ]);
  });

  test("every unknown key and every wrong value is refused with its place", () => {
    const broken = minimal
      .replace("log_level: info", "log_lvl: info")
      .replace("response_check: true", "response_check: maybe")
      .replace("transaction_ttl_ms", "deadline_ms");
    expect(problemsOf(broken)).toEqual([
      "c.yaml:11:21: response_check: expected true or false",
      'c.yaml:12:5: unknown key "deadline_ms": it belongs to the top level',
      expect.stringMatching(/^c\.yaml:2:1: unknown key "log_lvl"; known are bind, /),
    ]);
  });

  test.each([
    ["", "c.yaml:1:1: the configuration is empty"],
    ["a: [", /^c\.yaml:1:\d+: /],
    [minimal.replace("site\n    log", "site\n    name: b\n    log"), /^c\.yaml:8:5: Map keys must be unique/],
    [
      minimal.replace("default_application: site", "default_application: nobody"),
      'c.yaml:5:22: there is no application "nobody"',
    ],
    [minimal.replace("bind: 127.0.0.1:9000\n", ""), /bind is required/],
    [minimal.replace("127.0.0.1:9000", "localhost"), /c\.yaml:1:7: bind: "localhost" is no address/],
    [minimal.replace("log_format: json", "log_format: xml"), /unknown log format/],
    [minimal.replace("name: site", 'name: ""'), /the name is empty/],
    [`${minimal}  - name: site\n    log_format: json\n`, /c\.yaml:16:11: there is an application "site" already/],
    ["- 1\n", /expected keys and values/],
  ])("%#: refused", (text, message) => {
    const [first] = problemsOf(text);
    if (typeof message === "string") expect(first).toBe(message);
    else expect(first).toMatch(message);
  });

  test("a missing log_format is noticed, and refused in strict compatibility", () => {
    const text = minimal.replace("log_format: json\n", "");
    expect(parseConfig(text, "c.yaml").warnings).toEqual(["log_format is missing: json is used"]);
    expect(problemsOf(text, { strictCompat: true })[0]).toMatch(/log_format is missing/);
  });

  test("keys that the peer does not know are refused in strict compatibility", () => {
    const text = `workers: 2\n${minimal}    on_error: deny\n`;
    expect(parseConfig(text, "c.yaml").config).toMatchObject({ workers: 2, applications: [{ onError: "deny" }] });
    expect(problemsOf(text, { strictCompat: true })).toEqual([
      'c.yaml:1:1: coraza-spoa does not know the key "workers"',
      'c.yaml:17:5: coraza-spoa does not know the key "on_error"',
    ]);
  });

  test("responses without a time to live get one, and it is said", () => {
    const { config, warnings } = parseConfig(minimal.replace("5000", "0"), "c.yaml");
    expect(config.applications[0]?.transactionTtlMs).toBe(60_000);
    expect(warnings[0]).toMatch(/response_check needs transaction_ttl_ms/);
  });

  test("an address that others can reach is warned about", () => {
    expect(parseConfig(minimal.replace("127.0.0.1", "0.0.0.0"), "c.yaml").warnings[0]).toMatch(/no authentication/);
  });

  test("truncated bodies that are to be denied include suspected ones", () => {
    const { config } = parseConfig(`${minimal}    on_truncated: deny\n`, "c.yaml");
    expect(config.applications[0]?.onTruncatedSuspected).toBe(true);
  });
});

describe("older forms", () => {
  test("of 2022, nested: rules under include, milliseconds, log block", () => {
    const text = `log:
  level: error
  dir: /var/log/coraza
spoa:
  bind: 0.0.0.0:9000
  include:
    - /etc/coraza/coraza.conf
    - /etc/coraza/rules/*.conf
  transaction_ttl: 60000
  transaction_active_limit: 100000
  colour: red
`;
    const { config, warnings, converted } = parseConfig(text, "old.yaml");
    expect(config).toMatchObject({
      bindText: "0.0.0.0:9000",
      log: { level: "error", file: "/var/log/coraza/server.log", format: "json" },
      errorLog: "/var/log/coraza/error.log",
      defaultApplication: "default",
      applications: [
        {
          name: "default",
          directives: "Include /etc/coraza/coraza.conf\nInclude /etc/coraza/rules/*.conf\n",
          responseCheck: true,
          transactionTtlMs: 60_000,
          transactionActiveLimit: 100_000,
          legacyVariables: true,
        },
      ],
    });
    expect(warnings).toContain('unknown key "colour" is ignored');
    expect(parseConfig(converted!, "new.yaml").config.applications[0]?.directives).toContain("rules/*.conf");
  });

  test("of 2022, flat, with an empty address", () => {
    const text = 'bind: ""\ninclude: [a.conf]\ntransaction_ttl: 1000\ntransaction_active_limit: 10\n';
    const { config, warnings } = parseConfig(text, "old.yaml");
    expect(config.bind).toEqual({ kind: "tcp", host: "127.0.0.1", port: 9000 });
    expect(warnings).toContain("bind is empty: 127.0.0.1:9000 is used");
  });

  test("of 2023: applications as a map, seconds, rules, no_response_check", () => {
    const text = `bind: 127.0.0.1:9000
default_application: a
applications:
  a:
    directives: |
      Include /etc/a.conf
    rules: ["SecRuleEngine On"]
    no_response_check: true
    transaction_ttl_seconds: 7
    log_level: loud
  b:
    transaction_ttl_ms: 50
`;
    const { config, converted } = parseConfig(text, "old.yaml");
    expect(config.applications).toMatchObject([
      { name: "a", responseCheck: false, transactionTtlMs: 7000, log: { level: "info" }, legacyVariables: true },
      { name: "b", responseCheck: true, transactionTtlMs: 50, log: { level: "warn" } },
    ]);
    expect(config.applications[0]?.directives).toBe("Include /etc/a.conf\n\nSecRuleEngine On\n");
    expect(parse(converted!)).toMatchObject({ default_application: "a" });
  });

  test("wrong values in them are refused as well", () => {
    expect(problemsOf("include: [a.conf]\ntransaction_ttl: soon\n")[0]).toMatch(
      /transaction_ttl_ms: expected a number/,
    );
  });
});

test.each([
  ["0.0.0.0:9000", { kind: "tcp", host: "0.0.0.0", port: 9000 }, false],
  [":9000", { kind: "tcp", host: undefined, port: 9000 }, false],
  ["[::1]:9000", { kind: "tcp", host: "::1", port: 9000 }, true],
  ["localhost:9000", { kind: "tcp", host: "localhost", port: 9000 }, true],
  ["tcp://127.0.0.1:9000", { kind: "tcp", host: "127.0.0.1", port: 9000 }, true],
  ["unix:/run/x.sock", { kind: "unix", path: "/run/x.sock" }, true],
  ["unix:///run/x.sock", { kind: "unix", path: "/run/x.sock" }, true],
] as const)("%s is an address", (text, address, local) => {
  expect(parseBind(text)).toEqual(address);
  expect(isLocal(parseBind(text)!)).toBe(local);
});
