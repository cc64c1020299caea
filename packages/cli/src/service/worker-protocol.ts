import type { Decision, MetricsSnapshot, ReloadResult, ReloadTrigger } from "@cuirass/node";

/** What the primary process tells a worker. */
export type ToWorker =
  | { readonly type: "reload"; readonly id: number; readonly trigger: ReloadTrigger }
  | { readonly type: "snapshot"; readonly id: number }
  | { readonly type: "reopen" }
  | { readonly type: "stop" };

/** What a worker tells the primary process. */
export type ToPrimary =
  | { readonly type: "ready"; readonly urls: readonly string[]; readonly description: string }
  /** The rules or the configuration cannot be used: starting anew would not help. */
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "decision"; readonly decision: Decision }
  | { readonly type: "reloaded"; readonly id: number; readonly result: ReloadResult }
  | { readonly type: "snapshot"; readonly id: number; readonly snapshot: MetricsSnapshot }
  /** The event loop turns. */
  | { readonly type: "alive" };
