// Defects of Coraza's operators that ask the outside, which do not occur here; a row each in docs/data/differences.json.
import { expect, test } from "vitest";
import type { Host } from "../host.ts";
import { createWaf } from "../waf.ts";
import { matchedIds } from "../testing/run-rules.ts";

function ids(directives: string, host: Host, address = "192.0.2.99"): number[] {
  const tx = createWaf({ directives, host }).newTransaction();
  void tx.processRequest({ client: { address, port: 1 }, method: "GET", uri: "/", headers: [] });
  return matchedIds(tx);
}

test("A24 @rbl asks for the reversed address, with the key that HTTP:BL wants", () => {
  const asked: string[] = [];
  const listed = "99.2.0.192.zen.example";
  const host: Host = {
    resolver: {
      lookup: (name) => {
        asked.push(name);
        return name === listed ? { text: "" } : undefined;
      },
    },
  };
  const rules = `
    SecHttpBlKey abcdefghijkl
    SecRule REMOTE_ADDR "@rbl zen.example" "id:1,phase:1,pass,log"
    SecRule REMOTE_ADDR "@rbl dnsbl.httpbl.org" "id:2,phase:1,pass,log"`;
  expect(ids(rules, host)).toEqual([1]);
  expect(asked).toEqual([listed, "abcdefghijkl.99.2.0.192.dnsbl.httpbl.org"]);
});

test("A24 @geoLookup matches known addresses only and fills GEO", () => {
  const host: Host = {
    geoDatabase: { lookup: (address) => (address === "192.0.2.99" ? { COUNTRY_CODE: "CL" } : undefined) },
  };
  const rules = `
    SecRule REMOTE_ADDR "@geoLookup" "id:1,phase:1,pass,log"
    SecRule GEO:COUNTRY_CODE "@streq CL" "id:2,phase:1,pass,log"`;
  expect(ids(rules, host)).toEqual([1, 2]);
  expect(ids(rules, host, "198.51.100.1")).toEqual([]);
});

test("A24 @inspectFile goes by the program's verdict", () => {
  const host = (exitCode: number, output: string): Host => ({ programRunner: { run: () => ({ exitCode, output }) } });
  const rule = 'SecRule REMOTE_ADDR "@inspectFile /bin/scan" "id:1,phase:1,pass,log"';
  expect(ids(rule, host(0, "1 clean"))).toEqual([]);
  expect(ids(rule, host(0, "0 virus found"))).toEqual([1]);
  expect(ids(rule, host(1, "0 virus found"))).toEqual([1]);
});
