import type { Transaction } from "../transaction.ts";
import { formatIndexLine } from "./index-line.ts";
import { buildAuditRecord } from "./record.ts";
import { isRelevant } from "./relevance.ts";
import { version } from "../version.ts";

/** Hands the audit entry of a finished transaction to the host, when one is due and there is somewhere to write it. */
export function writeAuditLog(tx: Transaction): void {
  const { settings } = tx.ruleset;
  const sink = tx.host.auditSink;
  if (sink === undefined || settings.auditLog === "" || !isRelevant(tx)) return;
  const format = tx.context.findAuditFormat(settings.auditLogFormat);
  if (format === undefined) return tx.fault("audit", `there is no audit format ${settings.auditLogFormat}`);
  const record = buildAuditRecord(tx, version);
  const text = format.format(record);
  if (text === "") return;
  sink.write({
    writer: settings.auditLogType,
    target: settings.auditLog,
    directory: settings.auditLogStorageDirectory,
    fileMode: settings.auditLogFileMode,
    directoryMode: settings.auditLogDirectoryMode,
    mimeType: format.mimeType,
    text,
    transactionId: tx.id,
    startMs: tx.startMs,
    interrupted: tx.interruption !== undefined,
    indexLine: formatIndexLine(record),
  });
}
