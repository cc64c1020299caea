import type { AuditEntry, AuditSink } from "@cuirass/engine";
import { twoDigits } from "./digits.ts";

/** Audit entries to files. Nothing stays open, so rotation needs no signal. */
export const auditSink: AuditSink = {
  write: (entry) => {
    if (entry.writer === "concurrent") writeConcurrent(entry);
    else native.appendFile(entry.target, entry.fileMode, `${entry.text}\n`);
  },
};

/** Writers of SecAuditLogType besides `serial`. */
export const auditWriters: readonly string[] = ["concurrent"];

/** `DIR/YYYYMMDD/YYYYMMDD-HHMM/YYYYMMDD-HHMMSS-ID`, and a line in the index (spec: auditlog, 7). */
function writeConcurrent(entry: AuditEntry): void {
  const [year, month, date, hour, minute, second] = native.localTime(entry.startMs).map(twoDigits);
  const day = `${year}${month}${date}`;
  const folder = `${entry.directory}/${day}/${day}-${hour}${minute}`;
  native.makeDirectories(folder, entry.directoryMode);
  // Compat: an id made from a request must not choose the path (gaps A36).
  const id = entry.transactionId.replaceAll(/[^\w-]/g, "_").slice(0, 128);
  const path = `${folder}/${day}-${hour}${minute}${second}-${id}`;
  native.appendFile(path, entry.fileMode, entry.text);
  native.appendFile(entry.target, entry.fileMode, `${entry.indexLine} ${path}\n`);
}
