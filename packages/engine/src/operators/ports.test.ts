import { describe, expect, test } from "vitest";
import type { Host } from "../host.ts";
import { compileWith, matches, refusal } from "../testing/fake-context.ts";
import { FakeState } from "../testing/fake-state.ts";
import { geoLookup } from "./geo-lookup.ts";
import { inspectFile } from "./inspect-file.ts";
import { rbl } from "./rbl.ts";

describe("@geoLookup", () => {
  const host: Host = {
    geoDatabase: {
      lookup(address) {
        if (address === "192.0.2.66") throw new Error("damaged");
        return address === "192.0.2.1" ? { COUNTRY_CODE: "CL", CITY: "Valpara\u00edso", OTHER: "x" } : undefined;
      },
    },
  };

  test("fills GEO with the fields that ModSecurity knows, in UTF-8", () => {
    const tx = new FakeState();
    expect(compileWith(geoLookup, "", { host }).match("192.0.2.1", tx)).toBe(true);
    expect([...tx.variables.geo.data()]).toEqual([
      ["COUNTRY_CODE", ["CL"]],
      ["CITY", ["Valpara\xc3\xadso"]],
    ]);
  });

  test("empties GEO when the next address is not known", () => {
    const tx = new FakeState();
    const matcher = compileWith(geoLookup, "", { host });
    void matcher.match("192.0.2.1", tx);
    expect(matcher.match("192.0.2.2", tx)).toBe(false);
    expect(tx.variables.geo.size).toBe(0);
  });

  test("turns a failing database into a fault", () => {
    const tx = new FakeState();
    expect(compileWith(geoLookup, "", { host }).match("192.0.2.66", tx)).toBe(false);
    expect(tx.faults).toEqual(["@geoLookup: Error: damaged"]);
  });

  test("is refused when the host has no database", () => {
    expect(refusal(geoLookup, "").hint).toContain("SecGeoLookupDb");
  });
});

describe("@rbl", () => {
  function ask(value: string, zone: string, httpBlKey = ""): string[] {
    const asked: string[] = [];
    const host: Host = { resolver: { lookup: (name) => void asked.push(name) as undefined } };
    expect(matches(rbl, zone, value, { host, settings: { httpBlKey } })).toBe(false);
    return asked;
  }

  test("asks for the reversed address below the zone", () => {
    expect(ask("192.0.2.99", "zen.example")).toEqual(["99.2.0.192.zen.example"]);
    expect(ask("::ffff:192.0.2.99", ".zen.example.")).toEqual(["99.2.0.192.zen.example"]);
    expect(ask("::1", "zen.example")).toEqual([`1.${"0.".repeat(31)}zen.example`]);
  });

  test("asks for host names as they are, and for nothing else", () => {
    expect(ask("Mail_1.example", "dbl.example")).toEqual(["Mail_1.example.dbl.example"]);
    const long = `${"a.".repeat(130)}b`;
    for (const value of ["", "a..b", ".a", "a.", "a b", "a\0", "\xe9", "x".repeat(64), long]) {
      expect(ask(value, "dbl.example")).toEqual([]);
    }
    expect(ask("a.".repeat(124) + "b", "dbl.example")).toEqual([]);
  });

  test("puts the HTTP:BL key in front of IPv4 addresses and asks about nothing else", () => {
    expect(ask("192.0.2.99", "dnsbl.httpbl.org", "abcdef")).toEqual(["abcdef.99.2.0.192.dnsbl.httpbl.org"]);
    expect(ask("::1", "dnsbl.httpbl.org", "abcdef")).toEqual([]);
    expect(ask("host.example", "dnsbl.httpbl.org", "abcdef")).toEqual([]);
  });

  test("stores the text of an entry", () => {
    const tx = new FakeState({ capturing: true });
    const host: Host = { resolver: { lookup: () => ({ text: "spammer" }) } };
    expect(compileWith(rbl, "zen.example", { host }).match("192.0.2.99", tx)).toBe(true);
    expect(tx.captures).toEqual(["spammer"]);
    expect(tx.variables.tx.first("httpbl_msg")).toBe("spammer");
  });

  test("answers with a promise only when the resolver does", async () => {
    const tx = new FakeState({ capturing: true });
    const host: Host = { resolver: { lookup: () => Promise.resolve({ text: "later" }) } };
    const matcher = compileWith(rbl, "zen.example", { host });
    expect(matcher.mayWait).toBe(true);
    const answer = matcher.match("192.0.2.99", tx);
    expect(answer).toBeInstanceOf(Promise);
    expect(await answer).toBe(true);
    expect(tx.captures).toEqual(["later"]);
  });

  test("takes failures and time-outs as no entry and logs them", async () => {
    const failing: Host[] = [
      { resolver: { lookup: () => undefined } },
      { resolver: { lookup: () => Promise.resolve(undefined) } },
      { resolver: { lookup: () => Promise.reject(new Error("SERVFAIL")) } },
      {
        resolver: {
          lookup: () => {
            throw new Error("no socket");
          },
        },
      },
    ];
    for (const host of failing) {
      const tx = new FakeState();
      expect(await compileWith(rbl, "zen.example", { host }).match("192.0.2.99", tx)).toBe(false);
      expect(tx.logs).toHaveLength(1);
    }
  });

  test("is refused without a resolver, a zone, or the key of HTTP:BL", () => {
    const host: Host = { resolver: { lookup: () => undefined } };
    expect(refusal(rbl, "zen.example").message).toContain("resolver");
    expect(refusal(rbl, "", { host }).message).toContain("zone");
    expect(refusal(rbl, "a b", { host }).message).toContain("zone");
    expect(refusal(rbl, "dnsbl.httpbl.org", { host }).hint).toContain("SecHttpBlKey");
  });
});

describe("@inspectFile", () => {
  function judge(
    result: { exitCode: number; output: string } | undefined,
  ): readonly [matched: boolean, faults: number] {
    const tx = new FakeState();
    const host: Host = { programRunner: { run: () => result } };
    return [compileWith(inspectFile, "/opt/scan", { host }).match("/tmp/f", tx) as boolean, tx.faults.length];
  }

  test("goes by the first byte of the output", () => {
    expect(judge({ exitCode: 0, output: "1 clean" })).toEqual([false, 0]);
    expect(judge({ exitCode: 0, output: "0 virus" })).toEqual([true, 0]);
    expect(judge({ exitCode: 0, output: "warning" })).toEqual([true, 0]);
    expect(judge({ exitCode: 1, output: "0 virus" })).toEqual([true, 0]);
  });

  test("raises a fault when there is no verdict", () => {
    expect(judge(undefined)).toEqual([false, 1]);
    expect(judge({ exitCode: 0, output: "" })).toEqual([false, 1]);
    expect(judge({ exitCode: 2, output: "1 clean" })).toEqual([false, 1]);
  });

  test("hands the value over as the only argument, with ten seconds", () => {
    const calls: unknown[] = [];
    const host: Host = {
      programRunner: {
        run(...call) {
          calls.push(call);
          return { exitCode: 0, output: "1" };
        },
      },
    };
    expect(matches(inspectFile, "/opt/scan", "/tmp/a b;c", { host })).toBe(false);
    expect(calls).toEqual([["/opt/scan", ["/tmp/a b;c"], 10_000]]);
  });

  test("does not run the program on a value with a NUL", () => {
    const host: Host = {
      programRunner: {
        run: () => {
          throw new Error("ran");
        },
      },
    };
    const tx = new FakeState();
    expect(compileWith(inspectFile, "/opt/scan", { host }).match("/tmp/a\0b", tx)).toBe(false);
    expect(tx.faults[0]).toContain("NUL");
    expect(compileWith(inspectFile, "/opt/scan", { host }).match("/tmp/a", tx)).toBe(false);
    expect(tx.faults[1]).toContain("ran");
  });

  test("waits for a runner that answers later", async () => {
    const tx = new FakeState();
    const later = (answer: Promise<{ exitCode: number; output: string }>): Host => ({
      programRunner: { run: () => answer },
    });
    const found = compileWith(inspectFile, "/opt/scan", { host: later(Promise.resolve({ exitCode: 0, output: "0" })) });
    expect(found.mayWait).toBe(true);
    expect(await found.match("/tmp/a", tx)).toBe(true);
    const failed = compileWith(inspectFile, "/opt/scan", { host: later(Promise.reject(new Error("gone"))) });
    expect(await failed.match("/tmp/a", tx)).toBe(false);
    expect(tx.faults[0]).toContain("gone");
  });

  test("is refused without a runner, without a program and for Lua", () => {
    const host: Host = { programRunner: { run: () => undefined } };
    expect(refusal(inspectFile, "/opt/scan").message).toContain("runs no programs");
    expect(refusal(inspectFile, "", { host }).message).toContain("no program");
    expect(refusal(inspectFile, "/opt/scan.lua", { host }).message).toContain("Lua");
  });
});
