import { parentPort, workerData } from "node:worker_threads";
import type { Transaction, Waf } from "@cuirass/engine";
import type { NodeAuditSink, TransactionSummary } from "@cuirass/node";
import { countRules, StoreClient, summarise } from "@cuirass/node";
import { LocalInspection, ruleSetFacts } from "../local-inspection.ts";
import { after } from "../maybe.ts";
import { loadSnapshot } from "../node/load-rules.ts";
import type { Call, Notice, Step, StepResult, WorkerMessage, WorkerSetup } from "./messages.ts";

/** A thread that inspects: loads the rules it was given, then answers one call after the other. */
const port = parentPort!;
const { specs, summaries, snapshots } = workerData as WorkerSetup;
const stores = new StoreClient((call) => send({ kind: "store", call }));
const wafs = load();
/**
 * Exchanges by number, with the step that is running. Without an inspection when they are over: tables that the map no longer
 * uses may hold an entry until the next full collection.
 */
const exchanges = new Map<number, { inspection: Observed | undefined; busy: Promise<unknown> | undefined }>();

port.on("message", (call: Call | Notice) => {
  if ("kind" in call) return call.kind === "end" ? void end() : stores.receive(call.answer);
  const busy = exchanges.get(call.exchange)?.busy;
  if (busy === undefined) void run(call);
  else void busy.then(() => run(call));
});

function load(): readonly Waf[] {
  try {
    const loaded = specs.map((spec, index) =>
      loadSnapshot(spec, { collectionStore: stores.storeOf(String(index)) }, snapshots?.[index]),
    );
    const compiled = loaded.map(({ waf }) => waf);
    send({
      kind: "ready",
      rules: {
        facts: compiled.map(ruleSetFacts),
        ruleCount: compiled.reduce((sum, { ruleCount }) => sum + ruleCount, 0),
        ruleCounts: compiled.map(countRules),
        snapshots: loaded.map(({ snapshot }) => snapshot),
      },
    });
    return compiled;
  } catch (error) {
    send({ kind: "failed", message: messageOf(error) });
    return [];
  }
}

/** Audit entries are written in the background: those that wait must not end with the thread. */
async function end(): Promise<void> {
  await Promise.all(wafs.map((waf) => (waf.context.host.auditSink as NodeAuditSink | undefined)?.close()));
  send({ kind: "ended" });
}

async function run({ call, exchange, step }: Call): Promise<void> {
  if (step.kind === "open-request") {
    exchanges.set(exchange, { inspection: open(step), busy: undefined });
  }
  const entry = exchanges.get(exchange);
  const inspection = entry?.inspection;
  if (entry === undefined || inspection === undefined) return;
  let result: StepResult;
  let error: string | undefined;
  try {
    const answer = perform(inspection, step);
    entry.busy = Promise.resolve(answer).catch(() => undefined);
    result = await answer;
  } catch (cause) {
    error = messageOf(cause);
  }
  entry.busy = undefined;
  // An exchange that could not be opened is not going to be closed.
  if (step.kind === "close" || (step.kind === "open-request" && error !== undefined)) {
    exchanges.delete(exchange);
    entry.inspection = undefined;
  }
  send({ kind: "answer", call, result, error, decision: inspection.decision.toJSON() });
}

interface Observed extends LocalInspection {
  summary?: TransactionSummary;
}

function open({ ruleSet, id }: Extract<Step, { readonly kind: "open-request" }>): Observed {
  const observe = (tx: Transaction): void => {
    inspection.summary = summarise(tx);
  };
  const inspection: Observed = new LocalInspection(wafs[ruleSet]!, { id, observe: summaries ? observe : undefined });
  return inspection;
}

function perform(inspection: Observed, step: Step): StepResult | Promise<StepResult> {
  switch (step.kind) {
    case "open-request":
      return inspection.openRequest(step.head, step.bodyFollows);
    case "write-request":
      return inspection.writeRequest(step.body);
    case "next-held":
      return inspection.nextHeld();
    case "end-request":
      return after(inspection.writeRequest(step.body), ({ interruption }) =>
        interruption === undefined ? inspection.endRequest(step.trailers) : interruption,
      );
    case "compare-parsed":
      return inspection.compareParsed(step.head, step.parsed);
    case "open-response":
      return inspection.openResponse(step.head, step.bodyFollows);
    case "end-response":
      return after(inspection.writeResponse(step.body), ({ interruption }) =>
        interruption === undefined ? inspection.endResponse() : interruption,
      );
    case "close":
      return after(inspection.close(), () => inspection.summary);
  }
}

function send(message: WorkerMessage): void {
  port.postMessage(message);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
