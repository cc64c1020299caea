import type { Interruption } from "@cuirass/engine";
import type { StoreAnswer, StoreCall, TransactionSummary } from "@cuirass/node";
import type { HttpDecision } from "../decision.ts";
import type { BodyStep, HeadStep, RuleSetFacts } from "../inspection.ts";
import type { ParsedLeaves } from "../parsed.ts";
import type { RulesSnapshot, RuleSpec } from "../node/load-rules.ts";
import type { HeaderLines, RequestHead, ResponseHead } from "../shapes.ts";

/** What a worker is started with. */
export interface WorkerSetup {
  /** All paths first, then the routes. */
  readonly specs: readonly RuleSpec[];
  /** Closing an exchange answers with its summary. */
  readonly summaries: boolean;
  /** What the rules are compiled from; undefined: the files as they are. */
  readonly snapshots: readonly RulesSnapshot[] | undefined;
}

/** The rules of a worker. */
export interface WorkerRules {
  readonly facts: readonly RuleSetFacts[];
  readonly ruleCount: number;
  /** Of each rule set, but for the rules of the recommended settings. */
  readonly ruleCounts: readonly number[];
  readonly snapshots: readonly RulesSnapshot[];
}

/** One step of an exchange. Small bodies travel with the step that ends them, large ones in pieces before it. */
export type Step =
  | {
      readonly kind: "open-request";
      readonly id: string;
      readonly ruleSet: number;
      readonly head: RequestHead;
      readonly bodyFollows: boolean;
    }
  | { readonly kind: "write-request"; readonly body: Uint8Array }
  | { readonly kind: "next-held" }
  | { readonly kind: "end-request"; readonly body: Uint8Array; readonly trailers: HeaderLines }
  | { readonly kind: "compare-parsed"; readonly head: RequestHead; readonly parsed: ParsedLeaves }
  | { readonly kind: "open-response"; readonly head: ResponseHead; readonly bodyFollows: boolean }
  | { readonly kind: "end-response"; readonly body: Uint8Array }
  | { readonly kind: "close" };

/** A step on its way to a worker. */
export interface Call {
  readonly call: number;
  readonly exchange: number;
  readonly step: Step;
}

/** To a worker: it is not needed any more, and what waits to be written is to be written; or what a store answered. */
export type Notice = { readonly kind: "end" } | { readonly kind: "stored"; readonly answer: StoreAnswer };

/** What came of a step. */
export type StepResult = HeadStep | BodyStep | Interruption | TransactionSummary | Uint8Array | undefined;

/** From a worker: ready with its rules, unable to load them, a question to a store, or the answer to a call. */
export type WorkerMessage =
  | { readonly kind: "ready"; readonly rules: WorkerRules }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "ended" }
  | { readonly kind: "store"; readonly call: StoreCall }
  | {
      readonly kind: "answer";
      readonly call: number;
      readonly result: StepResult;
      readonly error: string | undefined;
      readonly decision: HttpDecision;
    };
