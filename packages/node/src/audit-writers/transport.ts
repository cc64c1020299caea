import type { AuditEntry } from "@cuirass/engine";

/** Takes batches of audit entries to where they belong. Called with one batch at a time. */
export interface AuditTransport {
  /** For logs: the target without credentials. */
  readonly name: string;
  readonly batchEntries: number;
  readonly batchBytes: number;
  /** Milliseconds to wait for more entries before the first is sent. */
  readonly lingerMs: number;
  /** Rejects when the batch is not delivered and is worth another try, with {@link RefusedError} when it is not. */
  deliver(batch: readonly AuditEntry[]): Promise<void>;
  /** The same at once, for the last moments of a process; transports that need an event loop have none. */
  deliverSync?(batch: readonly AuditEntry[]): void;
  /** Log files were rotated. */
  reopen?(): void;
  close(): Promise<void>;
}

/** The other side does not want these entries, now or later. */
export class RefusedError extends Error {}

/** The other side says when to come back. */
export class RetryLaterError extends Error {
  readonly retryAfterMs: number;
  constructor(message: string, retryAfterMs: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}
