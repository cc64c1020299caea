import type { CollectionStore } from "@cuirass/engine";
import { MemoryCollectionStore } from "@cuirass/engine";
import type { StoreAnswer, StoreCall } from "@cuirass/node";
import { answerStoreCall } from "@cuirass/node";

/** One store per application, for all workers, kept across reloads. Counts are exact. */
export class CollectionStores {
  readonly #stores = new Map<string, CollectionStore>();

  answer(call: StoreCall): Promise<StoreAnswer> {
    let store = this.#stores.get(call.store);
    if (store === undefined) {
      const clock = { now: () => Date.now(), monotonic: () => performance.now() };
      this.#stores.set(call.store, (store = new MemoryCollectionStore({ clock })));
    }
    return answerStoreCall(store, call);
  }

  /** Forgets applications that are no more. */
  keep(names: ReadonlySet<string>): void {
    for (const name of this.#stores.keys()) if (!names.has(name)) this.#stores.delete(name);
  }
}
