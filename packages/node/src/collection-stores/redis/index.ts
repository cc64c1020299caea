import { createHash } from "node:crypto";
import type { ByteString, CollectionStore, Logger, PersistentName } from "@cuirass/engine";
import { MemoryCollectionStore } from "@cuirass/engine";
import { createClient, RESP_TYPES } from "@redis/client";
import type { CircuitBreakerOptions } from "../circuit-breaker.ts";
import type { StoreScript } from "./scripts.ts";
import { CircuitBreaker } from "../circuit-breaker.ts";
import * as scripts from "./scripts.ts";

/** How the store is reached, and what happens when it is not. */
export interface RedisStoreOptions {
  /** `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS. */
  readonly url: string;
  /** Before every key. Services that share counters share it. Default `cuirass`. */
  readonly prefix?: string;
  /**
   * Milliseconds without any answer of the server after which calls fail; while it answers others a call may take four
   * times as long. Default 250.
   */
  readonly timeoutMs?: number;
  /**
   * While the server cannot be reached: `local` counts in the memory of this process, so that limits hold per process and
   * not over all of them; `fault` makes each call a fault of the port, which the WAF's fault policy answers. Default `local`.
   */
  readonly whenDown?: "local" | "fault";
  /** Variables of a record. Default 1000. */
  readonly variableLimit?: number;
  readonly breaker?: Omit<CircuitBreakerOptions, "onChange">;
  readonly logger?: Logger;
  readonly onCall?: (result: "ok" | "failed" | "refused") => void;
}

/** A collection store that lets go of its connection. */
export interface RedisCollectionStore extends CollectionStore {
  /** True while calls are not sent because the server is down. */
  readonly isDown: boolean;
  /** Resolves once the connection stands, or after so many milliseconds; true when it stands. */
  ready(limitMs: number): Promise<boolean>;
  close(): Promise<void>;
}

const DEFAULT_TTL_SECONDS = 3600;
/** Longer keys are stored by their digest; what rules make keys from can be of any length. */
const KEY_LENGTH = 256;
const VALUE_LENGTH = 65_536;
const QUEUE_LENGTH = 10_000;
const RECONNECT_MS = 2000;
/** Times of the time-out that a call may take while the server answers others. */
const PATIENCE = 4;

/**
 * Persistent collections in Redis or Valkey, shared by all processes that use it. Every change is one step of the server,
 * so that a limit counted over many processes is exact. What is lost when the server is lost is up to its own persistence.
 *
 * The connection is made in the background; until it stands, calls are answered as `whenDown` says.
 * @throws Error when the URL cannot be used.
 */
export function createRedisStore(options: RedisStoreOptions): RedisCollectionStore {
  return new RedisStore(options);
}

class RedisStore implements RedisCollectionStore {
  readonly #options: RedisStoreOptions;
  readonly #client: ReturnType<typeof connect>;
  readonly #connected: Promise<boolean>;
  readonly #breaker: CircuitBreaker;
  readonly #ttls = new Map<PersistentName, number>();
  #lastAnswer = 0;
  /** Counters of this process while the server is down; begun anew each time. */
  #local: MemoryCollectionStore | undefined;

  constructor(options: RedisStoreOptions) {
    if (!/^rediss?:\/\//.test(options.url)) throw new Error(`"${hide(options.url)}" is no redis:// or rediss:// URL`);
    this.#options = options;
    const where = hide(options.url);
    this.#breaker = new CircuitBreaker({
      ...options.breaker,
      onChange: (open, reason) => {
        const policy = options.whenDown ?? "local";
        if (open) options.logger?.log("error", `collection store is down: ${reason}`, { store: where, policy });
        else options.logger?.log("info", "collection store works again", { store: where });
        this.#local = undefined;
      },
    });
    this.#client = connect(options.url);
    // Each failing call says so itself.
    this.#client.on("error", () => undefined);
    this.#connected = this.#client.connect().then(
      () => true,
      () => false,
    );
  }

  ready(limitMs: number): Promise<boolean> {
    const late = new Promise<boolean>((resolve) => void setTimeout(() => resolve(false), limitMs).unref());
    return Promise.race([this.#connected, late]);
  }

  get isDown(): boolean {
    return this.#breaker.isOpen;
  }

  load(collection: PersistentName, key: ByteString, ttlSeconds: number): Promise<Map<ByteString, ByteString>> {
    this.#ttls.set(collection, ttlSeconds);
    return this.#call(
      async () => {
        const reply = (await this.#run(scripts.load, collection, key, [])) as Buffer[];
        const values = new Map<ByteString, ByteString>();
        for (let at = 0; at + 1 < reply.length; at += 2) values.set(latin1(reply[at]!), latin1(reply[at + 1]!));
        return values;
      },
      (local) => local.load(collection, key, ttlSeconds),
    );
  }

  async set(collection: PersistentName, key: ByteString, name: ByteString, value: ByteString): Promise<void> {
    if (value.length > VALUE_LENGTH)
      throw new RangeError(`a value of ${value.length} bytes is longer than a store keeps`);
    const stored = await this.#call(
      () => this.#run(scripts.set, collection, key, [name, value, this.#ttlMs(collection), this.#fieldLimit]),
      (local) => void local.set(collection, key, name, value),
    );
    if (stored === 0) throw new RangeError(`a record of ${collection} holds no more variables`);
  }

  async increment(collection: PersistentName, key: ByteString, name: ByteString, delta: number): Promise<number> {
    const total = await this.#call(
      async () => {
        const args = [name, String(delta), this.#ttlMs(collection), this.#fieldLimit];
        return latin1((await this.#run(scripts.increment, collection, key, args)) as Buffer);
      },
      (local) => String(local.increment(collection, key, name, delta)),
    );
    if (total === "") throw new RangeError(`a record of ${collection} holds no more variables`);
    return Number(total);
  }

  async remove(collection: PersistentName, key: ByteString, name: ByteString): Promise<void> {
    await this.#call(
      () => this.#run(scripts.remove, collection, key, [name]),
      (local) => local.remove(collection, key, name),
    );
  }

  async expire(collection: PersistentName, key: ByteString, name: ByteString, seconds: number): Promise<void> {
    await this.#call(
      () => this.#run(scripts.expire, collection, key, [name, String(seconds * 1000)]),
      (local) => local.expire(collection, key, name, seconds),
    );
  }

  close(): Promise<void> {
    this.#client.destroy();
    return Promise.resolve();
  }

  /** A variable may take two fields. */
  get #fieldLimit(): string {
    return String(2 * (this.#options.variableLimit ?? 1000));
  }

  #ttlMs(collection: PersistentName): string {
    return String((this.#ttls.get(collection) ?? DEFAULT_TTL_SECONDS) * 1000);
  }

  /** One call of the server within its time, or what the policy says. */
  async #call<T>(remote: () => Promise<T>, local: (store: MemoryCollectionStore) => T): Promise<T> {
    const { onCall, timeoutMs = 250, whenDown = "local" } = this.#options;
    let reason = "the server is down";
    if (this.#breaker.allows()) {
      try {
        const answer = await this.#within(remote(), timeoutMs);
        this.#lastAnswer = performance.now();
        this.#breaker.succeeded();
        onCall?.("ok");
        return answer;
      } catch (error) {
        reason = (error as Error).message;
        this.#breaker.failed(reason);
        onCall?.("failed");
      }
    } else onCall?.("refused");
    if (whenDown === "fault") throw new Error(`Redis: ${reason}`);
    this.#local ??= new MemoryCollectionStore({ clock: { now: Date.now, monotonic: () => performance.now() } });
    return local(this.#local);
  }

  #within<T>(work: Promise<T>, ms: number): Promise<T> {
    const started = performance.now();
    return new Promise((resolve, reject) => {
      // Answers come in order, so one for somebody else shows that the server is at work.
      const late = (): void => {
        const now = performance.now();
        const waits = now - started < ms * PATIENCE && now - this.#lastAnswer < ms;
        if (waits) timer = setTimeout(late, ms);
        else reject(new Error(`no answer within ${Math.round(now - started)} ms`));
      };
      // After the sockets have been looked at once more: this process may have been busy, not the server.
      let timer = setTimeout(() => setImmediate(late), ms);
      work.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  async #run(
    script: StoreScript,
    collection: PersistentName,
    key: ByteString,
    args: readonly ByteString[],
  ): Promise<unknown> {
    const rest = ["1", this.#keyOf(collection, key), ...args].map((text) => Buffer.from(text, "latin1"));
    try {
      return await this.#client.sendCommand(["EVALSHA", script.sha, ...rest]);
    } catch (error) {
      if (!(error as Error).message.startsWith("NOSCRIPT")) throw error;
      return this.#client.sendCommand(["EVAL", script.text, ...rest]);
    }
  }

  #keyOf(collection: PersistentName, key: ByteString): ByteString {
    const short =
      key.length <= KEY_LENGTH ? key : createHash("sha256").update(Buffer.from(key, "latin1")).digest("hex");
    return `${this.#options.prefix ?? "cuirass"}:${collection}:${short}`;
  }
}

// oxlint-disable-next-line typescript/explicit-function-return-type -- the client's type is spelt out by its maker only
function connect(url: string) {
  return createClient({
    url,
    disableOfflineQueue: true,
    commandsQueueMaxLength: QUEUE_LENGTH,
    socket: { connectTimeout: RECONNECT_MS, reconnectStrategy: (tries) => Math.min(50 * 2 ** tries, RECONNECT_MS) },
  }).withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
}

function latin1(bytes: Buffer): ByteString {
  return bytes.toString("latin1");
}

/** Without user and password. */
function hide(url: string): string {
  return url.replace(/\/\/[^@/]*@/, "//");
}
