import { expect, test } from "vitest";
import { compileWaf, createWaf } from "./waf.ts";

const directives = Array.from(
  { length: 20 },
  (_, index) => `SecRule ARGS "@rx attack${index}" "id:${index + 1},phase:1,deny"`,
).join("\n");

test("a rule set is compiled in steps of a rule each, with the same outcome", async () => {
  const steps = compileWaf({ directives });
  let count = 0;
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) count++;
  expect(count).toBeGreaterThanOrEqual(20);
  expect(step.value.ruleCount).toBe(createWaf({ directives }).ruleCount);
  const tx = step.value.newTransaction();
  expect((await tx.processRequest({ method: "GET", uri: "/?a=attack7", headers: [] }))?.ruleId).toBe(8);
});

test("errors come out of the step that ends compilation, all of them", () => {
  const steps = compileWaf({ directives: "SecRul ARGS x\nSecFoo bar" });
  expect(() => {
    while (steps.next().done !== true);
  }).toThrow(/2 errors/);
});

test("a transaction knows how long each phase took and how many rules were passed over", async () => {
  const waf = createWaf({ directives });
  const tx = waf.newTransaction();
  await tx.processRequest({ method: "GET", uri: "/?a=hello", headers: [] });
  expect(tx.rulesEvaluated + tx.rulesPassedOver).toBe(20);
  expect(tx.phaseMs[1]).toBeGreaterThanOrEqual(0);
});
