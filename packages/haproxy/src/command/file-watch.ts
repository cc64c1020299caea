import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";

const POLL_MS = 500;

/**
 * Notices that files changed: also when they are replaced, when a link in their path is moved (as Kubernetes does), and
 * when a folder gains a file. Polls, because notifications miss links.
 */
export class FileWatch {
  readonly #paths: () => readonly string[];
  readonly #onChange: () => void;
  readonly #timer: NodeJS.Timeout;
  readonly #stamps = new Map<string, string>();
  readonly #digests = new Map<string, string>();
  #unsettled = false;

  constructor(paths: () => readonly string[], onChange: () => void) {
    this.#paths = paths;
    this.#onChange = onChange;
    this.#differs(this.#stamps, stampOf);
    this.#differs(this.#digests, digestOf);
    this.#timer = setInterval(() => this.#poll(), POLL_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #poll(): void {
    if (this.#differs(this.#stamps, stampOf)) {
      // Whoever writes may not be done: wait until nothing has changed for one round.
      this.#unsettled = true;
      return;
    }
    if (!this.#unsettled) return;
    this.#unsettled = false;
    if (this.#differs(this.#digests, digestOf)) this.#onChange();
  }

  /** Brings the map up to date; true when a path that was in it has another value now. */
  #differs(known: Map<string, string>, valueOf: (path: string) => string): boolean {
    let differs = false;
    for (const path of this.#paths()) {
      const value = valueOf(path);
      const before = known.get(path);
      if (before !== undefined && before !== value) differs = true;
      known.set(path, value);
    }
    return differs;
  }
}

function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? "missing" : `${stat.ino}:${stat.size}:${stat.mtimeMs}`;
}

/** Digest of a file; of a folder the time of its last change. */
function digestOf(path: string): string {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) return String(stat.mtimeMs);
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch {
    return "missing";
  }
}
