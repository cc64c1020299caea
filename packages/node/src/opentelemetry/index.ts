import type { Attributes, Context, MeterProvider, TracerProvider } from "@opentelemetry/api";
import { context as contexts, metrics as globalMetrics, SpanStatusCode, trace } from "@opentelemetry/api";
import type { EngineFault, Transaction } from "@cuirass/engine";
import type { Telemetry } from "../operations.ts";
import { BoundedLabel } from "../metrics/bounded-label.ts";
import { summarise } from "../metrics/transaction-summary.ts";

/** Where traces and metrics go: the application's SDK, found through the API when not given. */
export interface TelemetryOptions {
  readonly tracerProvider?: TracerProvider;
  readonly meterProvider?: MeterProvider;
  /** Context whose span is the parent. Default: the active one when the transaction ends. */
  readonly parent?: () => Context;
}

const SCOPE = "@cuirass/node";
/** Matched rules that become events of a span; the rest is only counted. */
const EVENTS = 20;
const PATH_LENGTH = 512;

/**
 * Traces and metrics for OpenTelemetry. Nothing is done while rules run: a span is written once its transaction is over,
 * with the times that it took. Without an SDK in the process the API does nothing.
 *
 *     span cuirass.transaction     attributes cuirass.app, .id, .verdict, .rule_id, .anomaly_score.*, .phase.N.ms
 *       event cuirass.rule         a logged match: cuirass.rule_id, .message, .severity
 *     counters                     cuirass.transactions, cuirass.rule_matches, cuirass.faults
 *     histograms                   cuirass.phase.duration (s), cuirass.anomaly_score
 */
export function createTelemetry(options: TelemetryOptions = {}): Telemetry {
  const tracer = (options.tracerProvider ?? trace).getTracer(SCOPE);
  const meter = (options.meterProvider ?? globalMetrics).getMeter(SCOPE);
  const transactions = meter.createCounter("cuirass.transactions", {
    description: "Finished transactions by application and verdict.",
  });
  const ruleMatches = meter.createCounter("cuirass.rule_matches", { description: "Logged matches by rule id." });
  const faults = meter.createCounter("cuirass.faults", { description: "Faults by kind and policy." });
  const phases = meter.createHistogram("cuirass.phase.duration", {
    description: "Time that rules took, by phase.",
    unit: "s",
  });
  const scores = meter.createHistogram("cuirass.anomaly_score", { description: "Scores at the end of transactions." });
  const ruleIds = new BoundedLabel(2000);

  return {
    observe: (tx, app) => {
      const summary = summarise(tx);
      transactions.add(1, { app, verdict: summary.verdict });
      for (const id of summary.ruleIds) ruleMatches.add(1, { rule_id: ruleIds.of(String(id)) });
      for (let phase = 1; phase <= 5; phase++) {
        const ms = summary.phaseMs[phase] ?? 0;
        if (ms > 0) phases.record(ms / 1000, { phase });
      }
      const attributes: Attributes = {
        "cuirass.app": app,
        "cuirass.id": tx.id,
        "cuirass.verdict": summary.verdict,
        "http.request.method": tx.variables.requestMethod.value,
        "url.path": tx.variables.requestFilename.value.slice(0, PATH_LENGTH),
        "client.address": tx.variables.remoteAddr.value,
        ...phaseAttributes(summary.phaseMs),
      };
      const ruleId = (tx.interruption ?? tx.detectionOnlyInterruption)?.ruleId;
      if (ruleId !== undefined) attributes["cuirass.rule_id"] = ruleId;
      for (const [direction, score] of [
        ["inbound", summary.inboundScore],
        ["outbound", summary.outboundScore],
      ] as const) {
        if (score === undefined) continue;
        scores.record(score, { direction });
        attributes[`cuirass.anomaly_score.${direction}`] = score;
      }
      writeSpan(tx, attributes);
    },
    fault: ({ kind, policy }: Pick<EngineFault, "kind" | "policy">) => faults.add(1, { kind, policy }),
  };

  function writeSpan(tx: Transaction, attributes: Attributes): void {
    const parent = options.parent?.() ?? contexts.active();
    const span = tracer.startSpan("cuirass.transaction", { startTime: tx.startMs, attributes }, parent);
    if (span.isRecording()) {
      for (const { rule, message } of tx.matchedRules.filter(({ log }) => log).slice(0, EVENTS)) {
        const more = rule.severity === undefined ? {} : { "cuirass.severity": rule.severity };
        span.addEvent("cuirass.rule", { "cuirass.rule_id": rule.id, "cuirass.message": message, ...more });
      }
      if (tx.faults.length > 0) span.setStatus({ code: SpanStatusCode.ERROR, message: tx.faults[0]!.kind });
    }
    span.end(tx.startMs + tx.elapsedMicroseconds() / 1000);
  }
}

function phaseAttributes(phaseMs: readonly number[]): Attributes {
  const attributes: Attributes = {};
  for (let phase = 1; phase <= 5; phase++) {
    const ms = phaseMs[phase] ?? 0;
    if (ms > 0) attributes[`cuirass.phase.${phase}.ms`] = ms;
  }
  return attributes;
}
