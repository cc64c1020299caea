import type { Host, Logger } from "@cuirass/engine";
import type { RecordingFileSystem } from "@cuirass/node";
import {
  createAuditSink,
  createNodeHost,
  locateRuleSet,
  openCollectionStore,
  recordFiles,
  ruleSetFileSystem,
} from "@cuirass/node";
import type { OperationsConfig } from "../config/agent-config.ts";
import type { Reporter } from "./report.ts";

/** The ports of an agent: embedded rule names, and an audit log that cannot stop the traffic. */
export interface AgentPorts {
  readonly host: Host;
  readonly files: RecordingFileSystem;
  /** Names the rule set behind the embedded names. */
  readonly title: string;
  /** Opens audit files anew after log rotation. */
  reopen(): void;
  /** Delivers audit entries that wait. */
  close(): Promise<void>;
}

/** The ports that all applications of a thread share. @throws Error (rejects) when the store cannot be used. */
export async function createAgentPorts(operations: OperationsConfig, reporter: Reporter): Promise<AgentPorts> {
  const files = recordFiles();
  const ruleSet = locateRuleSet();
  const logger: Logger = {
    log: (level, message, fields) => reporter.event(level === "trace" ? "debug" : level, message, fields),
  };
  const sink = createAuditSink({
    logger,
    onEntries: (writer, result, entries) => reporter.audit(writer, result, entries),
    // A log directory that belongs to someone else must neither stop the process nor lose the entry.
    spill: ({ text }) => void process.stdout.write(`${text}\n`, "latin1"),
  });
  const opened = await openCollectionStore(operations.store, {
    logger,
    whenDown: operations.storeWhenDown,
    onCall: (result) => reporter.store("redis", result),
  });
  return {
    host: createNodeHost({
      fileSystem: ruleSetFileSystem(ruleSet, files),
      auditSink: sink,
      collectionStore: opened.store,
    }),
    files,
    title: ruleSet.title,
    reopen: () => sink.reopen(),
    close: async () => {
      await sink.close();
      await opened.close();
    },
  };
}
