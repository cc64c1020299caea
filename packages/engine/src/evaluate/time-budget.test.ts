import { expect, test } from "vitest";
import type { Clock } from "../host.ts";
import { createWaf } from "../waf.ts";

const rule = (id: number): string => `SecRule REQUEST_URI "@unconditionalMatch" "id:${id},phase:1,pass,nolog"\n`;
const rules = Array.from({ length: 64 }, (_, at) => rule(at + 1)).join("");

interface Traffic {
  readonly directives: string;
  readonly uri: string;
}

/** Faults of a transaction whose rules take so long by the clocks: a step per look. */
function faults(
  monotonicStep: number,
  cpuStep: number | undefined,
  { directives, uri }: Traffic = { directives: rules, uri: "/" },
): string[] {
  let [ticks, used] = [0, 0];
  const clock: Clock = {
    now: () => 0,
    monotonic: () => (ticks += monotonicStep),
    ...(cpuStep === undefined ? {} : { cpu: () => (used += cpuStep) }),
  };
  const tx = createWaf({ directives: `SecRuleEngine On\n${directives}`, host: { clock } }).newTransaction();
  void tx.processRequest({ method: "GET", uri, headers: [] });
  return tx.faults.map(({ kind }) => kind);
}

test("rules that take too long end in the fault policy", () => {
  expect(faults(2000, undefined)).toEqual(["time-budget"]);
  expect(faults(2000, 2000)).toEqual(["time-budget"]);
  expect(faults(1, undefined)).toEqual([]);
});

test("waiting for a core on a busy machine does not count where the host knows CPU time", () => {
  expect(faults(2000, 1)).toEqual([]);
});

test("a long text counts as many rules, so that the clock is looked at before the next one", () => {
  const two = [1, 2].map((id) => `SecRule REQUEST_URI "@rx ^/a+b" "id:${id},phase:1,pass,nolog"`).join("\n");
  expect(faults(2000, undefined, { directives: two, uri: `/${"a".repeat(150_000)}b` })).toEqual(["time-budget"]);
  expect(faults(2000, undefined, { directives: two, uri: "/aaab" })).toEqual([]);
});
