/** Phases of a transaction, in order (spec: transaction, 5). Phase 0 marks what takes part in every phase: markers. */
export const Phase = {
  Any: 0,
  RequestHeaders: 1,
  RequestBody: 2,
  ResponseHeaders: 3,
  ResponseBody: 4,
  Logging: 5,
} as const;

/** A phase number. */
export type Phase = (typeof Phase)[keyof typeof Phase];

/** What a phase is mostly about. */
export type Side = "request" | "response";

/** The request's phases are 1 and 2. */
export function sideOf(phase: Phase): Side {
  return phase <= Phase.RequestBody ? "request" : "response";
}
