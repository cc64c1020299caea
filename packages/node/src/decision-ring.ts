import type { Decision } from "./decision.ts";

/** The last decisions by id, oldest forgotten first. */
export class DecisionRing {
  readonly #limit: number;
  readonly #byId = new Map<string, Decision>();

  constructor(limit = 1000) {
    this.#limit = limit;
  }

  add(decision: Decision): void {
    this.#byId.set(decision.id, decision);
    if (this.#byId.size > this.#limit) this.#byId.delete(this.#byId.keys().next().value!);
  }

  find(id: string): Decision | undefined {
    return this.#byId.get(id);
  }

  /** Newest first. */
  latest(count: number): Decision[] {
    return [...this.#byId.values()].slice(-count).reverse();
  }
}
