import { closeSync, openSync, writeSync } from "node:fs";

/** Files that log writers append to, opened once and kept until `reopen`. */
export class AppendFiles {
  readonly #open = new Map<string, number>();

  /** Appends bytes; `/dev/stdout` and `/dev/stderr` mean this process's own streams. */
  append(path: string, mode: number, bytes: string): void {
    const buffer = Buffer.from(bytes, "latin1");
    for (let at = 0; at < buffer.length;) at += writeSync(this.#descriptor(path, mode), buffer, at);
  }

  /** Closes all files, so that the next write opens them anew: after log rotation. */
  reopen(): void {
    for (const descriptor of this.#open.values()) if (descriptor > 2) closeSync(descriptor);
    this.#open.clear();
  }

  #descriptor(path: string, mode: number): number {
    if (path === "/dev/stdout") return 1;
    if (path === "/dev/stderr") return 2;
    let descriptor = this.#open.get(path);
    if (descriptor === undefined) this.#open.set(path, (descriptor = openSync(path, "a", mode)));
    return descriptor;
  }
}
