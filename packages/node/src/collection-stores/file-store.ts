import { closeSync, openSync, readFileSync, renameSync, unlinkSync, writeFileSync, writeSync } from "node:fs";
import type { ByteString, CollectionStore, Logger, MemoryStoreOptions, PersistentName } from "@cuirass/engine";
import { MemoryCollectionStore } from "@cuirass/engine";

/** Where the store is kept. */
export interface FileStoreOptions extends Omit<MemoryStoreOptions, "clock"> {
  /** Journal file; a file `PATH.lock` beside it says who uses it. */
  readonly path: string;
  /** Milliseconds of changes that a crash may lose. Default 200. */
  readonly flushMs?: number;
  readonly logger?: Logger;
}

/** A store that keeps its journal until it is closed, and answers at once. */
export interface FileCollectionStore extends CollectionStore {
  load(collection: PersistentName, key: ByteString, ttlSeconds: number): Map<ByteString, ByteString>;
  increment(collection: PersistentName, key: ByteString, name: ByteString, delta: number): number;
  close(): void;
}

/** A line of the journal: time of the change in milliseconds since the epoch, what, and where. */
type Change =
  | readonly [
      time: number,
      op: "set",
      collection: PersistentName,
      key: string,
      name: string,
      value: string,
      ttl: number,
    ]
  | readonly [time: number, op: "remove", collection: PersistentName, key: string, name: string]
  | readonly [time: number, op: "expire", collection: PersistentName, key: string, name: string, seconds: number];

const DEFAULT_TTL_SECONDS = 3600;
/** The journal is written anew, without what is outdated, once it has so many lines more than twice the live ones. */
const SLACK_LINES = 10_000;

/**
 * Persistent collections of one process that outlive it: in memory, with a journal on disk. Every answer comes at once;
 * changes are written together a few times a second, so a crash loses the last moments and a proper end loses nothing.
 *
 * One process only: others must use Redis to share counters.
 * @throws Error when the file cannot be used or another process uses it.
 */
export function createFileStore(options: FileStoreOptions): FileCollectionStore {
  return new FileStore(options);
}

class FileStore implements FileCollectionStore {
  readonly #options: FileStoreOptions;
  readonly #memory: MemoryCollectionStore;
  readonly #ttls = new Map<PersistentName, number>();
  readonly #timer: NodeJS.Timeout;
  readonly #onExit = (): void => this.close();
  /** Time of the change that is read back; undefined when there is none. */
  #replayedAt: number | undefined;
  #pending: Change[] = [];
  #lines = 0;
  #live = 0;
  #descriptor: number;
  #closed = false;

  constructor(options: FileStoreOptions) {
    this.#options = options;
    const now = (): number => this.#replayedAt ?? performance.timeOrigin + performance.now();
    this.#memory = new MemoryCollectionStore({ ...options, clock: { now, monotonic: now } });
    lock(options.path);
    this.#replay();
    this.#descriptor = openSync(options.path, "a", 0o600);
    this.#timer = setInterval(() => this.#flush(), options.flushMs ?? 200).unref();
    process.once("exit", this.#onExit);
  }

  load(collection: PersistentName, key: ByteString, ttlSeconds: number): Map<ByteString, ByteString> {
    this.#ttls.set(collection, ttlSeconds);
    return this.#memory.load(collection, key, ttlSeconds);
  }

  set(collection: PersistentName, key: ByteString, name: ByteString, value: ByteString): void {
    this.#memory.set(collection, key, name, value);
    this.#note([this.#time(), "set", collection, key, name, value, this.#ttl(collection)]);
  }

  increment(collection: PersistentName, key: ByteString, name: ByteString, delta: number): number {
    const total = this.#memory.increment(collection, key, name, delta);
    this.#note([this.#time(), "set", collection, key, name, String(total), this.#ttl(collection)]);
    return total;
  }

  remove(collection: PersistentName, key: ByteString, name: ByteString): void {
    this.#memory.remove(collection, key, name);
    this.#note([this.#time(), "remove", collection, key, name]);
  }

  expire(collection: PersistentName, key: ByteString, name: ByteString, seconds: number): void {
    this.#memory.expire(collection, key, name, seconds);
    this.#note([this.#time(), "expire", collection, key, name, seconds]);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    process.off("exit", this.#onExit);
    this.#flush();
    closeSync(this.#descriptor);
    unlinkSync(`${this.#options.path}.lock`);
  }

  #time(): number {
    return Math.round(performance.timeOrigin + performance.now());
  }

  #ttl(collection: PersistentName): number {
    return this.#ttls.get(collection) ?? DEFAULT_TTL_SECONDS;
  }

  #note(change: Change): void {
    this.#pending.push(change);
  }

  /** The last line may be torn when the process died while writing; what stands before it is used. */
  #replay(): void {
    let text: string;
    try {
      text = readFileSync(this.#options.path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      throw error;
    }
    let broken = 0;
    for (const line of text.split("\n")) {
      if (line === "") continue;
      try {
        this.#apply(JSON.parse(line) as Change);
      } catch {
        broken++;
      }
    }
    this.#replayedAt = undefined;
    if (broken > 0) this.#warn(`${broken} lines could not be read and are left out`);
    this.#rewrite();
  }

  #apply(change: Change): void {
    const [time, op, collection, key, name] = change;
    this.#replayedAt = time;
    if (op === "set") {
      this.#memory.load(collection, key, change[6]);
      this.#memory.set(collection, key, name, change[5]);
    } else if (op === "remove") this.#memory.remove(collection, key, name);
    else this.#memory.expire(collection, key, name, change[5]);
  }

  /** The live variables alone, under a name of its own until it is complete. */
  #rewrite(): void {
    const now = this.#time();
    const changes: Change[] = [];
    for (const { collection, key, name, value, expiresAt, recordExpiresAt } of this.#memory.entries()) {
      changes.push([now, "set", collection, key, name, value, (recordExpiresAt - now) / 1000]);
      if (expiresAt < Infinity) changes.push([now, "expire", collection, key, name, (expiresAt - now) / 1000]);
    }
    const fresh = `${this.#options.path}.new`;
    writeFileSync(fresh, changes.map(lineOf).join(""), { mode: 0o600 });
    renameSync(fresh, this.#options.path);
    this.#lines = this.#live = changes.length;
  }

  #flush(): void {
    const changes = this.#pending;
    if (changes.length === 0) return;
    this.#pending = [];
    try {
      writeSync(this.#descriptor, changes.map(lineOf).join(""));
      this.#lines += changes.length;
      if (this.#lines > 2 * this.#live + SLACK_LINES) {
        this.#rewrite();
        closeSync(this.#descriptor);
        this.#descriptor = openSync(this.#options.path, "a", 0o600);
      }
    } catch (error) {
      // Counters still hold in memory; what a restart would find is older.
      this.#warn(`cannot be written: ${(error as Error).message}`);
    }
  }

  #warn(message: string): void {
    this.#options.logger?.log("error", `collection store ${this.#options.path}: ${message}`, {});
  }
}

function lineOf(change: Change): string {
  return `${JSON.stringify(change)}\n`;
}

/** @throws Error when a process that still runs holds the lock. */
function lock(path: string): void {
  const file = `${path}.lock`;
  for (let attempt = 0; ; attempt++) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx", mode: 0o600 });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || attempt > 0) throw error;
      const owner = Number(readFileSync(file, "utf8"));
      if (owner === process.pid || isAlive(owner)) {
        throw new Error(`${path} is used by process ${owner}; use Redis to share counters between processes`, {
          cause: error,
        });
      }
      unlinkSync(file);
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
