import type { Collection } from "../variables/collections.ts";
import type { Interruption } from "../interruption.ts";
import type { Phase } from "../phase.ts";
import type { TransactionState } from "../transaction-state.ts";
import { Variables } from "../variables/variables.ts";

/** A transaction for tests of operators: records what they do to it. */
export class FakeState implements TransactionState {
  readonly id = "test";
  readonly variables: Variables;
  phase: Phase = 1;
  capturing: boolean;
  /** TX:0 ... TX:9 as stored; sparse. */
  readonly captures: string[] = [];
  readonly faults: string[] = [];
  readonly logs: string[] = [];
  readonly interruptions: Interruption[] = [];

  constructor(options: { readonly capturing?: boolean; readonly phase?: Phase } = {}) {
    this.capturing = options.capturing ?? false;
    this.phase = options.phase ?? 1;
    this.variables = new Variables({
      id: "test",
      startMs: 0,
      webAppId: "default",
      elapsedMicroseconds: () => 0,
      requestBodyText: () => "",
      requestBodySize: 0,
    });
  }

  capture(index: number, text: string): void {
    if (!this.capturing) throw new Error("capture without the action");
    if (index < 0 || index > 9) throw new Error(`no slot ${index}`);
    this.captures[index] = text;
  }
  collection(name: string): Collection | undefined {
    return name.toUpperCase() === "TX" ? this.variables.tx : undefined;
  }
  interrupt(interruption: Interruption): void {
    this.interruptions.push(interruption);
  }
  fault(_kind: string, message: string): void {
    this.faults.push(message);
  }
  log(level: string, message: string): void {
    this.logs.push(`${level}: ${message}`);
  }
}
