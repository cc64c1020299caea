import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { createWaf } from "@cuirass/engine";
import { expect, test } from "vitest";
import { createNodeHost } from "../host.ts";
import { createTelemetry } from "./index.ts";

const waf = createWaf({
  host: createNodeHost(),
  directives: `
    SecRule ARGS "@rx attack" "id:10,phase:1,pass,log,msg:'found',severity:CRITICAL,setvar:tx.blocking_inbound_anomaly_score=5"
    SecRule TX:blocking_inbound_anomaly_score "@ge 5" "id:20,phase:1,deny,nolog"`,
});

test("a transaction becomes a span with its verdict, times and matches, and counts", async () => {
  const spans = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const meterProvider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
  const telemetry = createTelemetry({ tracerProvider, meterProvider });

  const tx = waf.newTransaction();
  await tx.processRequest({ method: "GET", uri: "/shop?q=attack", headers: [] });
  await tx.processLogging();
  telemetry.observe(tx, "shop");
  telemetry.fault({ kind: "port", policy: "block" });
  await meterProvider.forceFlush();

  const [span] = spans.getFinishedSpans();
  expect(span!.name).toBe("cuirass.transaction");
  expect(span!.attributes).toMatchObject({
    "cuirass.app": "shop",
    "cuirass.verdict": "blocked",
    "cuirass.rule_id": 20,
    "cuirass.anomaly_score.inbound": 5,
    "url.path": "/shop",
  });
  expect(span!.events.map(({ attributes }) => attributes?.["cuirass.rule_id"])).toEqual([10]);
  expect(span!.startTime[0] * 1000 + span!.startTime[1] / 1e6).toBeCloseTo(tx.startMs, 0);

  const names = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
  expect(names.map(({ descriptor }) => descriptor.name).sort()).toEqual([
    "cuirass.anomaly_score",
    "cuirass.faults",
    "cuirass.phase.duration",
    "cuirass.rule_matches",
    "cuirass.transactions",
  ]);
  await meterProvider.shutdown();
});

test("without an SDK nothing happens", async () => {
  const tx = waf.newTransaction();
  await tx.processRequest({ method: "GET", uri: "/", headers: [] });
  expect(() => createTelemetry().observe(tx, "shop")).not.toThrow();
});
