import { closeSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TempFile, TempStorage } from "@cuirass/engine";

/** Temporary files in the system's directory (TMPDIR) unless the engine asks for another. Created exclusively, mode 0600. */
export const nodeTempStorage: TempStorage = {
  create: ({ directory, prefix, mode }) => {
    const path = join(directory ?? tmpdir(), `${prefix}${randomBytes(12).toString("hex")}`);
    return new NodeTempFile(path, openSync(path, "wx+", mode ?? 0o600));
  },
};

class NodeTempFile implements TempFile {
  readonly path: string;
  readonly #descriptor: number;
  #size = 0;
  #closed = false;

  constructor(path: string, descriptor: number) {
    this.path = path;
    this.#descriptor = descriptor;
  }

  append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const written = writeSync(this.#descriptor, bytes, at, bytes.length - at, this.#size);
      at += written;
      this.#size += written;
    }
  }

  read(offset: number, length: number): Uint8Array {
    const buffer = Buffer.alloc(Math.min(length, Math.max(0, this.#size - offset)));
    const read = readSync(this.#descriptor, buffer, 0, buffer.length, offset);
    return buffer.subarray(0, read);
  }

  close(keep: boolean): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#descriptor);
    if (!keep) unlinkSync(this.path);
  }
}
