import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AuditEntry, AuditSink } from "@cuirass/engine";
import { AppendFiles } from "./append-file.ts";

/** Writers that this host has, by their names in SecAuditLogType, lower-case. */
export const supportedAuditWriters: readonly string[] = ["serial", "concurrent"];

/** An audit sink that can follow log rotation. */
export interface NodeAuditSink extends AuditSink {
  reopen(): void;
}

/** Writes audit entries to files: one file for all (serial), or a file for each and an index (concurrent). */
export function createAuditSink(): NodeAuditSink {
  const files = new AppendFiles();
  return {
    write: (entry) => {
      if (entry.writer === "concurrent") writeConcurrent(entry, files);
      else files.append(entry.target, entry.fileMode, `${entry.text}\n`);
    },
    reopen: () => files.reopen(),
  };
}

/** `DIR/YYYYMMDD/YYYYMMDD-HHMM/YYYYMMDD-HHMMSS-ID`, and a line in the index (spec: auditlog, 7). */
function writeConcurrent(entry: AuditEntry, files: AppendFiles): void {
  const date = new Date(entry.startMs);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
  const minute = `${day}-${two(date.getHours())}${two(date.getMinutes())}`;
  const directory = join(entry.directory, day, minute);
  mkdirSync(directory, { recursive: true, mode: entry.directoryMode });
  // Compat: an id that a host made from a request must not choose the path (gaps A36).
  const id = entry.transactionId.replaceAll(/[^\w-]/g, "_").slice(0, 128);
  const path = join(directory, `${minute}${two(date.getSeconds())}-${id}`);
  writeFileSync(path, Buffer.from(entry.text, "latin1"), { mode: entry.fileMode });
  files.append(entry.target, entry.fileMode, `${entry.indexLine} ${path}\n`);
}
