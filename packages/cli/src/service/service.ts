import type { Decision, ReloadResult, ReloadTrigger, WafMetrics } from "@cuirass/node";

/** What serves in one process: rules, listeners, logs and metrics, reloaded together. */
export interface Service {
  readonly metrics: WafMetrics;
  /** One line for each rule set: which rules, how many, how strict, which mode. */
  readonly description: string;
  /** URLs in use. */
  readonly listening: readonly string[];
  listen(): Promise<void>;
  /** Configuration and rules anew. Never rejects: when anything is wrong what was stays, and the result says so. */
  reload(trigger: ReloadTrigger): Promise<ReloadResult>;
  /** Log files were rotated. */
  reopen(): void;
  /** Lets running exchanges end, then closes everything. */
  close(): Promise<void>;
}

/** What a service tells whoever runs it. */
export interface ServiceEvents {
  onDecision(decision: Decision): void;
}

/** Makes a service; rejects with what a wrong configuration, wrong rules or an unreadable file throw. */
export type CreateService = (events: ServiceEvents) => Promise<Service>;
