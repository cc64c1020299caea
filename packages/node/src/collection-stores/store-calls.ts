import type { CollectionStore } from "@cuirass/engine";

/** A call of a store that lives in another thread. Plain data. */
export interface StoreCall {
  readonly seq: number;
  /** Which of the stores there. */
  readonly store: string;
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

/** The store's end: performs a call at once, in the order of calls. Never rejects. */
export async function answerStoreCall(store: CollectionStore, { seq, method, args }: StoreCall): Promise<StoreAnswer> {
  try {
    const value = await (store[method] as (...words: readonly unknown[]) => unknown)(...args);
    return { seq, value, error: undefined };
  } catch (error) {
    return { seq, value: undefined, error: error instanceof Error ? error.message : String(error) };
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

  storeOf(store: string): CollectionStore {
    const ask =
      <T>(method: keyof CollectionStore) =>
      (...args: readonly unknown[]): Promise<T> =>
        new Promise((resolve, reject) => {
          const seq = ++this.#seq;
          this.#waiting.set(seq, ({ value, error }) =>
            error === undefined ? resolve(value as T) : reject(new Error(error)),
          );
          this.#post({ seq, store, method, args });
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
