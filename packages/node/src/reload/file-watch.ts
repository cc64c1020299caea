import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";

/** Milliseconds between two looks at the files. */
const POLL_MS = 500;

/** How a {@link FileWatch} looks. */
export interface FileWatchOptions {
  readonly pollMs?: number;
}

/** Paths to watch, each with the digest of what was read from it last, when that is known. */
export type WatchedPaths = Iterable<readonly [path: string, digest: string | undefined]>;

/**
 * Notices that files changed: also when they are replaced, when a link in their path is moved (as Kubernetes does with
 * config maps), and when a folder gains or loses a file. Polls, because notifications miss links. Change that is still
 * going on is waited out, and change that leaves the content as it was is none.
 */
export class FileWatch {
  readonly #paths: () => WatchedPaths;
  readonly #onChange: () => void;
  readonly #timer: NodeJS.Timeout;
  #stamps = "";
  #unsettled = false;
  /** Digests of paths whose reader tells none. */
  readonly #own = new Map<string, string>();

  /** `paths` is asked at every look, since a change may bring others. */
  constructor(paths: () => WatchedPaths, onChange: () => void, { pollMs = POLL_MS }: FileWatchOptions = {}) {
    this.#paths = paths;
    this.#onChange = onChange;
    for (const [path, digest] of paths()) if (digest === undefined) this.#own.set(path, digestOf(path));
    this.#timer = setInterval(() => this.#poll(), pollMs).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #poll(): void {
    const paths = [...this.#paths()];
    const stamps = paths.map(([path]) => `${path} ${stampOf(path)}`).join("\n");
    if (stamps !== this.#stamps) {
      this.#stamps = stamps;
      this.#unsettled = true;
    } else if (this.#unsettled) {
      this.#unsettled = false;
      if (this.#changed(paths)) this.#onChange();
    }
  }

  #changed(paths: WatchedPaths): boolean {
    let changed = false;
    for (const [path, read] of paths) {
      const now = digestOf(path);
      const known = read ?? this.#own.get(path);
      if (read === undefined) this.#own.set(path, now);
      if (known !== undefined && known !== now) changed = true;
    }
    return changed;
  }
}

/** What changes whenever somebody writes, replaces or links anew. */
function stampOf(path: string): string {
  try {
    const stat = statSync(path);
    return `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeMs}`;
  } catch {
    return "missing";
  }
}

/** Digest of a file as a {@link FileWatch} compares it; of a folder the time of its last change. */
export function digestOf(path: string): string {
  try {
    const stat = statSync(path);
    return stat.isDirectory() ? String(stat.mtimeMs) : digestOfContent(readFileSync(path));
  } catch {
    return digestOfContent(undefined);
  }
}

/** Digest of what was read from a file; undefined when there is none. */
export function digestOfContent(content: Uint8Array | undefined): string {
  return content === undefined ? "missing" : createHash("sha256").update(content).digest("hex");
}
