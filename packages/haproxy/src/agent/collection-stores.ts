import type { CollectionStore } from "@cuirass/engine";
import { MemoryCollectionStore } from "@cuirass/engine";

/** A call of a store that lives in the agent's thread. Plain data. */
export interface StoreCall {
  readonly seq: number;
  readonly app: string;
  readonly method: keyof CollectionStore;
  readonly args: readonly unknown[];
}

/** What a store answered. */
export interface StoreAnswer {
  readonly seq: number;
  readonly value: unknown;
  /** Message of the error that it threw. */
  readonly error: string | undefined;
}

/** The agent's end: one store per application, for all workers, kept across reloads. Counts are exact. */
export class CollectionStores {
  readonly #stores = new Map<string, CollectionStore>();

  answer({ seq, app, method, args }: StoreCall): StoreAnswer {
    let store = this.#stores.get(app);
    if (store === undefined) {
      const clock = { now: () => Date.now(), monotonic: () => performance.now() };
      this.#stores.set(app, (store = new MemoryCollectionStore({ clock })));
    }
    try {
      const value = (store[method] as (...words: readonly unknown[]) => unknown)(...args);
      return { seq, value, error: undefined };
    } catch (error) {
      return { seq, value: undefined, error: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Forgets applications that are no more. */
  keep(names: ReadonlySet<string>): void {
    for (const name of this.#stores.keys()) if (!names.has(name)) this.#stores.delete(name);
  }
}

/** A worker's end. Rules that open a collection wait for the answer; all others never notice. */
export class StoreClient {
  readonly #post: (call: StoreCall) => void;
  readonly #waiting = new Map<number, (answer: StoreAnswer) => void>();
  #seq = 0;

  constructor(post: (call: StoreCall) => void) {
    this.#post = post;
  }

  storeOf(app: string): CollectionStore {
    const ask =
      <T>(method: keyof CollectionStore) =>
      (...args: readonly unknown[]): Promise<T> =>
        new Promise((resolve, reject) => {
          const seq = ++this.#seq;
          this.#waiting.set(seq, ({ value, error }) =>
            error === undefined ? resolve(value as T) : reject(new Error(error)),
          );
          this.#post({ seq, app, method, args });
        });
    return {
      load: ask("load"),
      set: ask("set"),
      increment: ask("increment"),
      remove: ask("remove"),
      expire: ask("expire"),
    };
  }

  receive(answer: StoreAnswer): void {
    const waiting = this.#waiting.get(answer.seq);
    this.#waiting.delete(answer.seq);
    waiting?.(answer);
  }
}
