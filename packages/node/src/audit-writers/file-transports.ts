import { mkdirSync, writeFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AuditEntry } from "@cuirass/engine";
import type { AuditTransport } from "./transport.ts";
import { AppendFile } from "./append-file.ts";
import { RefusedError } from "./transport.ts";

/** What does not go away by trying again. A missing folder or a full disk may. */
const refusals: readonly unknown[] = ["EACCES", "EPERM", "EROFS", "EISDIR", "ENOTDIR", "ENAMETOOLONG"];

/** What both kinds of files share: batches, and reopening between two of them. */
abstract class FileTransport implements AuditTransport {
  readonly name: string;
  readonly batchEntries = 256;
  readonly batchBytes: number = 1024 * 1024;
  readonly lingerMs = 5;
  protected readonly file: AppendFile;
  #busy = false;
  #rotated = false;

  constructor({ target, fileMode }: AuditEntry) {
    this.name = target;
    this.file = new AppendFile(target, fileMode);
  }

  async deliver(batch: readonly AuditEntry[]): Promise<void> {
    this.#busy = true;
    try {
      await this.write(batch);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (!refusals.includes(code)) throw error;
      throw new RefusedError(`${message} (as uid ${process.getuid?.() ?? "?"})`);
    } finally {
      this.#busy = false;
      if (this.#rotated) this.reopen();
    }
  }

  reopen(): void {
    this.#rotated = this.#busy;
    if (!this.#busy) this.file.reopen();
  }

  close(): Promise<void> {
    this.reopen();
    return Promise.resolve();
  }

  abstract deliverSync(batch: readonly AuditEntry[]): void;
  protected abstract write(batch: readonly AuditEntry[]): Promise<void>;
}

/** One file for all entries, each followed by a line feed. */
export class SerialTransport extends FileTransport {
  deliverSync(batch: readonly AuditEntry[]): void {
    this.file.appendSync(linesOf(batch));
  }

  protected write(batch: readonly AuditEntry[]): Promise<void> {
    return this.file.append(linesOf(batch));
  }
}

function linesOf(batch: readonly AuditEntry[]): Buffer {
  return Buffer.from(batch.map(({ text }) => `${text}\n`).join(""), "latin1");
}

/** A file per entry and a line in the index (spec: auditlog, 7). */
export class ConcurrentTransport extends FileTransport {
  deliverSync(batch: readonly AuditEntry[]): void {
    for (const entry of batch) {
      const { directory, path } = placeOf(entry);
      mkdirSync(directory, { recursive: true, mode: entry.directoryMode });
      writeFileSync(path, Buffer.from(entry.text, "latin1"), { mode: entry.fileMode });
    }
    this.file.appendSync(indexOf(batch));
  }

  protected async write(batch: readonly AuditEntry[]): Promise<void> {
    for (const entry of batch) {
      const { directory, path } = placeOf(entry);
      await mkdir(directory, { recursive: true, mode: entry.directoryMode });
      await writeFile(path, Buffer.from(entry.text, "latin1"), { mode: entry.fileMode });
    }
    await this.file.append(indexOf(batch));
  }
}

function indexOf(batch: readonly AuditEntry[]): Buffer {
  return Buffer.from(batch.map((entry) => `${entry.indexLine} ${placeOf(entry).path}\n`).join(""), "latin1");
}

/** `DIR/YYYYMMDD/YYYYMMDD-HHMM/YYYYMMDD-HHMMSS-ID`, local time. */
function placeOf(entry: AuditEntry): { readonly directory: string; readonly path: string } {
  const date = new Date(entry.startMs);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
  const minute = `${day}-${two(date.getHours())}${two(date.getMinutes())}`;
  const directory = join(entry.directory, day, minute);
  // Compat: an id that a host made from a request must not choose the path (gaps A36).
  const id = entry.transactionId.replaceAll(/[^\w-]/g, "_").slice(0, 128);
  return { directory, path: join(directory, `${minute}${two(date.getSeconds())}-${id}`) };
}
