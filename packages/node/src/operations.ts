import type { EngineFault, Host, Logger, MaskingList, Transaction, WafConfig } from "@cuirass/engine";
import type { AuditSinkOptions } from "./audit-writers/index.ts";
import type { OpenStoreOptions } from "./collection-stores/open-store.ts";
import type { WafMetrics } from "./metrics/waf-metrics.ts";
import { createAuditSink } from "./audit-writers/index.ts";
import { openCollectionStore } from "./collection-stores/open-store.ts";

/** Traces and metrics for another system; see `@cuirass/node/opentelemetry`. */
export interface Telemetry {
  /** A transaction is over and not yet closed. */
  observe(tx: Transaction, app: string): void;
  fault(fault: Pick<EngineFault, "kind" | "policy">): void;
}

/** What a service gives its WAFs to work with. */
export interface OperationsOptions {
  readonly metrics: WafMetrics;
  readonly logger: Logger;
  readonly audit?: Pick<AuditSinkOptions, "queue" | "https" | "spill">;
  /** Address of the collection store: `memory` (default), `file:///PATH`, `redis://HOST`. */
  readonly store?: string | undefined;
  readonly whenStoreDown?: OpenStoreOptions["whenDown"] | undefined;
  /** Values that logs must never show. */
  readonly masking?: MaskingList | undefined;
  readonly telemetry?: Telemetry | undefined;
}

/** Audit writers, store, masking and metrics of a service; outlives the rule sets that use it. */
export interface Operations {
  /** Part of the configuration of every WAF of the service. */
  readonly config: Pick<WafConfig, "masking" | "onFault"> & { readonly host: Partial<Host> };
  /** A transaction is over and not yet closed: counts it. */
  observe(tx: Transaction, app?: string): void;
  /** Log files were rotated. */
  reopen(): void;
  /** Delivers audit entries that wait, then lets go of everything. */
  close(): Promise<void>;
}

/**
 * Opens what a service needs, with its metrics and notices wired up.
 * @throws Error (rejects) when the store's address cannot be used.
 */
export async function openOperations(options: OperationsOptions): Promise<Operations> {
  const { metrics, logger } = options;
  const sink = createAuditSink({
    ...options.audit,
    logger,
    onEntries: (writer, result, entries) => metrics.audit(writer, result, entries),
  });
  metrics.queue("audit", () => sink.length);
  const opened = await openCollectionStore(options.store ?? "memory", {
    logger,
    ...(options.whenStoreDown === undefined ? {} : { whenDown: options.whenStoreDown }),
    onCall: (result) => metrics.store("redis", result),
  });
  return {
    config: {
      host: { logger, auditSink: sink, collectionStore: opened.store },
      onFault: (fault: EngineFault) => {
        metrics.fault(fault);
        options.telemetry?.fault(fault);
      },
      ...(options.masking === undefined ? {} : { masking: options.masking }),
    },
    observe: (tx, app = "default") => {
      metrics.observe(tx, app);
      options.telemetry?.observe(tx, app);
    },
    reopen: () => sink.reopen(),
    close: async () => {
      await sink.close();
      await opened.close();
    },
  };
}
