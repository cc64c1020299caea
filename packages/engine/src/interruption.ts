/** What a host must do with the exchange: the outcome of a disruptive action or of a limit (spec: transaction, 5). */
export interface Interruption {
  /** Rule that decided; 0 for limits and faults. */
  readonly ruleId: number;
  /** `deny` answers with `status`, `redirect` sends to `data`, `drop` closes the connection. */
  readonly action: "deny" | "drop" | "redirect";
  /** HTTP status; 0 when the action gives none (`drop`). */
  readonly status: number;
  /** Redirect target, "" otherwise. */
  readonly data: string;
}
