import type { Host } from "@cuirass/engine";
import type { RecordingFileSystem } from "@cuirass/node";
import { createAuditSink, createNodeHost, locateRuleSet, recordFiles, ruleSetFileSystem } from "@cuirass/node";
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

/** The ports that all applications of a thread share. */
export function createAgentPorts(reporter: Reporter): AgentPorts {
  const files = recordFiles();
  const ruleSet = locateRuleSet();
  const sink = createAuditSink({
    logger: { log: (level, message, fields) => reporter.event(level === "trace" ? "debug" : level, message, fields) },
    onEntries: (writer, result, entries) => reporter.audit(writer, result, entries),
    // A log directory that belongs to someone else must neither stop the process nor lose the entry.
    spill: ({ text }) => void process.stdout.write(`${text}\n`, "latin1"),
  });
  return {
    host: createNodeHost({ fileSystem: ruleSetFileSystem(ruleSet, files), auditSink: sink }),
    files,
    title: ruleSet.title,
    reopen: () => sink.reopen(),
    close: () => sink.close(),
  };
}
