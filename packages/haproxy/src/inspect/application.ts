import { basename, dirname } from "node:path";
import type { EngineFault, FileSystem, Host, Transaction, Waf } from "@cuirass/engine";
import { createWaf } from "@cuirass/engine";
import {
  createAuditSink,
  createNodeHost,
  locateRuleSet,
  nodeFileSystem,
  ruleSetFileSystem,
  supportedAuditWriters,
} from "@cuirass/node";
import type { ApplicationConfig } from "../config/agent-config.ts";
import type { Reporter } from "./report.ts";
import { matchLine } from "../log/match-line.ts";
import { countError, series } from "./report.ts";
import { TransactionCache } from "./transaction-cache.ts";

/** An application ready to inspect: its rules, and the transactions that wait for a response. */
export interface Application {
  readonly config: ApplicationConfig;
  readonly waf: Waf;
  readonly cache: TransactionCache;
}

/** The ports of an agent: embedded rule names, and an audit log that cannot stop the traffic. */
export interface AgentHost {
  readonly host: Host;
  /** Files that were read so far, and folders in which files were looked for. */
  readonly files: ReadonlySet<string>;
  /** Opens audit files anew after log rotation. */
  reopen(): void;
  /** Delivers audit entries that wait. */
  close(): Promise<void>;
}

/**
 * Compiles an application.
 * @throws WafConfigError when its directives are wrong; places are those in the configuration file.
 */
export function createApplication(
  configFile: string,
  config: ApplicationConfig,
  host: Host,
  reporter: Reporter,
  onRemoved: (tx: Transaction) => void,
): Application {
  const waf = createWaf({
    // Empty lines in front make line numbers those of the configuration file.
    directives: {
      text: "\n".repeat(config.directivesLine - 1) + Buffer.from(config.directives, "utf8").toString("latin1"),
      name: basename(configFile),
    },
    host,
    plugins: { auditWriters: supportedAuditWriters },
    onFaultPolicy: config.onError === "deny" ? "block" : "pass",
    onMatchedRule: (matched) => {
      const text = matchLine(config.log, matched);
      if (text !== undefined) reporter.line(config.name, text);
    },
    onFault: (fault) => reportFault(config.name, fault, reporter),
  });
  const limits = {
    ttlMs: config.transactionTtlMs,
    entries: config.transactionActiveLimit,
    bytes: config.transactionActiveBytes,
  };
  const cache = new TransactionCache(limits, (tx, reason) => {
    reporter.count(series("coraza_spoa_cache_evicted_total", { app: config.name, reason }));
    onRemoved(tx);
  });
  return { config, waf, cache };
}

function reportFault(app: string, fault: EngineFault, reporter: Reporter): void {
  countError(reporter, "internal");
  reporter.limitedEvent(`fault ${fault.kind}`, 1000, "error", fault.message, {
    app,
    error: fault.kind,
    unique_id: fault.transactionId,
  });
}

/** The ports that all applications of a thread share. */
export function createAgentHost(reporter: Reporter): AgentHost {
  const files = new Set<string>();
  const sink = createAuditSink({
    logger: { log: (level, message, fields) => reporter.event(level === "trace" ? "debug" : level, message, fields) },
    onEntries: (writer, result, entries) =>
      reporter.count(series("cuirass_audit_entries_total", { writer, result }), entries),
    // A log directory that belongs to someone else must neither stop the process nor lose the entry.
    spill: ({ text }) => void process.stdout.write(`${text}\n`, "latin1"),
  });
  return {
    host: createNodeHost({
      fileSystem: ruleSetFileSystem(locateRuleSet(), recordingFiles(files)),
      auditSink: sink,
    }),
    files,
    reopen: () => sink.reopen(),
    close: () => sink.close(),
  };
}

/** The process's files; remembers what was read, so that changes can be noticed. */
function recordingFiles(files: Set<string>): FileSystem {
  return {
    get workingDirectory() {
      return nodeFileSystem.workingDirectory;
    },
    readFile: (path) => {
      files.add(path);
      return nodeFileSystem.readFile(path);
    },
    glob: (pattern) => {
      files.add(dirname(pattern));
      return nodeFileSystem.glob(pattern);
    },
    isWritableDirectory: (path) => nodeFileSystem.isWritableDirectory(path),
  };
}
