import { expect, test } from "vitest";
import type { Resolver } from "../host.ts";
import type { Transaction } from "../transaction.ts";
import { matchedIds } from "../testing/run-rules.ts";
import type { Waf } from "../waf.ts";
import { createWaf } from "../waf.ts";

/** Rules of two levels, the higher one behind a skip; the level is a header's. */
const rules = `
  SecAction "id:1,phase:1,pass,nolog,setvar:tx.level=1"
  SecRule REQUEST_HEADERS:X-Level "@rx ^\\d$" "id:2,phase:1,pass,nolog,setvar:tx.level=%{MATCHED_VAR}"
  SecRule ARGS "@rx first" "id:10,phase:2,pass,log"
  SecRule REMOTE_ADDR "@rbl list.example" "id:11,phase:2,pass,nolog"
  SecRule TX:LEVEL "@lt 2" "id:12,phase:2,pass,nolog,skipAfter:END"
  SecRule ARGS "@rx second" "id:20,phase:2,pass,log"
  SecMarker END
  SecRule TX:LEVEL "@lt 3" "id:22,phase:2,pass,nolog,skipAfter:END-3"
  SecRule ARGS "@rx second" "id:30,phase:2,pass,log"
  SecMarker END-3`;

function wafWith(lookup: Resolver["lookup"]): Waf {
  return createWaf({ directives: rules, host: { resolver: { lookup } } });
}

function begin(waf: Waf, level: string): { tx: Transaction; done: Promise<number[]> } {
  const tx = waf.newTransaction();
  const headers = [["X-Level", level]] as const;
  const client = { address: "192.0.2.1", port: 1 };
  const verdict = tx.processRequest({ method: "GET", uri: "/?a=second&b=third&c=second", headers, client });
  return { tx, done: Promise.resolve(verdict).then(() => matchedIds(tx).filter((id) => id % 10 === 0)) };
}

test("values that only rules behind a skip may match are looked at once a transaction comes there", async () => {
  const waf = wafWith(() => undefined);
  for (let times = 0; times < 4; times++) expect(await begin(waf, "1").done).toEqual([]);
  expect(await begin(waf, "2").done).toEqual([20]);
  for (let times = 0; times < 4; times++) expect(await begin(waf, "1").done).toEqual([]);
  expect(await begin(waf, "3").done).toEqual([20, 30]);
  for (let times = 0; times < 4; times++) expect(await begin(waf, "2").done).toEqual([20]);
  expect(await begin(waf, "3").done).toEqual([20, 30]);
});

test("a transaction that waited while another one came behind the skip first misses nothing there", async () => {
  let answer: ((lookup: undefined) => void) | undefined;
  let waits = false;
  const waf = wafWith(() => {
    if (!waits) return undefined;
    return new Promise((resolve) => (answer = resolve));
  });
  for (let times = 0; times < 4; times++) expect(await begin(waf, "1").done).toEqual([]);
  waits = true;
  const first = begin(waf, "3");
  await new Promise((resolve) => setTimeout(resolve, 5));
  waits = false;
  expect(await begin(waf, "3").done).toEqual([20, 30]);
  answer!(undefined);
  expect(await first.done).toEqual([20, 30]);
});
