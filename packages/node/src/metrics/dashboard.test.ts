import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { WafMetrics } from "./waf-metrics.ts";

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const text = readFileSync(join(import.meta.dirname, "../../../../deploy/grafana/cuirass.json"), "utf8");
const { panels } = JSON.parse(text) as { readonly panels: readonly Panel[] };

/** Series that a scrape holds, and the labels of each. */
async function series(): Promise<Map<string, Set<string>>> {
  const metrics = new WafMetrics();
  metrics.collectProcess();
  const known = new Map<string, Set<string>>();
  for (const { name, type } of await metrics.registry.getMetricsAsJSON()) {
    const metric = metrics.registry.getSingleMetric(name) as unknown as { readonly labelNames: readonly string[] };
    const labels = new Set([...metric.labelNames, "job", "instance", "le"]);
    const names =
      (type as unknown as string) === "histogram" ? ["_bucket", "_sum", "_count"].map((end) => name + end) : [name];
    for (const each of names) known.set(each, labels);
  }
  return known;
}

test("every panel of the Grafana dashboard asks for metrics and labels that there are", async () => {
  const known = await series();
  let asked = 0;
  for (const { title, targets } of panels) {
    for (const { expr } of targets ?? []) {
      const selectors = [...expr.matchAll(/\b((?:cuirass|process|nodejs)_\w+)(?:\{([^}]*)\})?/g)];
      expect(selectors.length, `${title}: ${expr}`).toBeGreaterThan(0);
      const grouped = [...expr.matchAll(/\bby \(([^)]+)\)/g)].flatMap(([, list]) => list!.split(/,\s*/));
      for (const [, name, matchers] of selectors) {
        asked++;
        const labels = known.get(name!);
        expect(labels, `${title}: there is no metric ${name}`).toBeDefined();
        const used = [...(matchers ?? "").matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label]) => label!);
        for (const label of [...used, ...grouped])
          expect(labels!.has(label), `${title}: ${name} has no ${label}`).toBe(true);
      }
    }
  }
  expect(asked).toBeGreaterThan(20);
});

test("every metric of ours is on the dashboard", async () => {
  for (const name of (await series()).keys()) {
    if (!name.startsWith("cuirass_")) continue;
    expect(text, name).toContain(name.replace(/_(?:bucket|sum|count)$/, ""));
  }
});
