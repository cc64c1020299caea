import { createWaf } from "@cuirass/engine";
import { expect, test } from "vitest";
import { createNodeHost } from "../host.ts";
import { BoundedLabel } from "./bounded-label.ts";
import { WafMetrics } from "./waf-metrics.ts";

async function observed(uri: string): Promise<string> {
  const metrics = new WafMetrics();
  const waf = createWaf({
    host: createNodeHost(),
    directives: `
      SecRequestBodyAccess On
      SecRule ARGS "@rx attack" "id:10,phase:1,pass,log,tag:attack-test,setvar:tx.blocking_inbound_anomaly_score=5"
      SecRule TX:blocking_inbound_anomaly_score "@ge 5" "id:20,phase:2,deny"`,
  });
  const tx = waf.newTransaction();
  await tx.processRequest({ method: "GET", uri, headers: [] });
  await tx.processLogging();
  metrics.observe(tx, "shop");
  return metrics.registry.metrics();
}

test("counts a blocked transaction by application, rule, tag, score and phase", async () => {
  const text = await observed("/?a=attack");
  for (const line of [
    'cuirass_transactions_total{app="shop",verdict="blocked"} 1',
    'cuirass_rule_matches_total{rule_id="10"} 1',
    'cuirass_tag_matches_total{tag="attack-test"} 1',
    'cuirass_anomaly_score_bucket{le="4",direction="inbound"} 0',
    'cuirass_anomaly_score_bucket{le="5",direction="inbound"} 1',
    'cuirass_phase_duration_seconds_count{phase="1"} 1',
  ]) {
    expect(text).toContain(line);
  }
});

test("tells how many rules the prefilter spared", async () => {
  const text = await observed("/?a=benign");
  expect(text).toContain('cuirass_rule_evaluations_total{outcome="passed_over"} 1');
});

test("every name of ours begins with cuirass_", async () => {
  const metrics = new WafMetrics();
  for (const { name } of await metrics.registry.getMetricsAsJSON()) expect(name).toMatch(/^cuirass_/);
});

test("rules of a version before leave no series behind", async () => {
  const metrics = new WafMetrics();
  metrics.rulesLoaded("CRS 4.0.0", 600);
  metrics.rulesLoaded("CRS 4.1.0", 601);
  const text = await metrics.registry.metrics();
  expect(text).not.toContain("4.0.0");
  expect(text).toContain('cuirass_rules{app="default",rule_set="CRS 4.1.0"} 601');
});

test("queue lengths are read when metrics are", async () => {
  const metrics = new WafMetrics();
  let length = 3;
  metrics.queue("audit", () => length);
  expect(await metrics.registry.metrics()).toContain('cuirass_queue_length{queue="audit"} 3');
  length = 0;
  expect(await metrics.registry.metrics()).toContain('cuirass_queue_length{queue="audit"} 0');
});

test("values beyond the bound of a label count as other", () => {
  const label = new BoundedLabel(2);
  expect(["a", "b", "c", "a"].map((value) => label.of(value))).toEqual(["a", "b", "other", "a"]);
});
