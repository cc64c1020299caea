/** What happens to the exchange when the engine could not do its work. */
export type FaultPolicy = "block" | "pass";

/** A port that failed or a limit that was hit: never silence, always one of these. */
export interface EngineFault {
  readonly kind: "port" | "time-budget" | "rule" | "body-processor" | "audit";
  readonly message: string;
  readonly transactionId: string;
  readonly policy: FaultPolicy;
}
