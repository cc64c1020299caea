import type { CollectionStore } from "@cuirass/engine";
import { MemoryCollectionStore } from "@cuirass/engine";
import type { TransactionSummary } from "@cuirass/node";
import { answerStoreCall, checkNotEmptied, ReloadQueue } from "@cuirass/node";
import type { RulesReload } from "../http-waf.ts";
import type { RuleSetFacts, RuleSetHandle } from "../inspection.ts";
import type { RulesSnapshot, RuleSpec } from "../node/load-rules.ts";
import { InspectionFault } from "../policy.ts";
import type { Step, WorkerRules } from "./messages.ts";
import { RemoteInspection } from "./remote-inspection.ts";
import { WorkerSlot } from "./slot.ts";

/** How a pool is set up. */
export interface WorkerPoolOptions {
  readonly workers: number;
  /** Calls under way over all workers at which no new exchange is begun; at twice as many, those begun end in a fault too. */
  readonly queueLimit: number;
  /** A worker that does not answer a call for so long is replaced. */
  readonly timeoutMs: number;
  readonly specs: readonly RuleSpec[];
  /** For all threads and rule sets. Default: one in memory for each rule set. */
  readonly store?: CollectionStore | undefined;
  /** Told about each exchange that is over. */
  readonly observe?: ((summary: TransactionSummary) => void) | undefined;
}

/**
 * Threads that inspect, each with its own copy of the rules. An exchange stays with the thread it began in. New rules are
 * loaded by new threads; when all have them they take over, and the old ones end with their last exchange.
 */
export class WorkerPool {
  /** All paths first, then the routes. */
  readonly ruleSets: readonly RuleSetHandle[];
  /** Resolves when a worker has loaded the rules; rejects when they cannot be loaded. */
  readonly ready: Promise<void>;
  readonly #options: WorkerPoolOptions;
  readonly #reloads: ReloadQueue<RulesReload>;
  /** Counters of rules, for all threads; they outlive a reload. */
  readonly #stores = new Map<string, CollectionStore>();
  /** Threads with rules that have been replaced, and exchanges that began with them. */
  readonly #retiring = new Set<WorkerSlot>();
  readonly #watch: NodeJS.Timeout;
  #slots: readonly WorkerSlot[];
  #rules: WorkerRules | undefined;
  #nextExchange = 1;
  #closing: Promise<void> | undefined;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#reloads = new ReloadQueue(() => this.#reload());
    // The first one alone reads the files, here and at a reload: wrong rules are told once, and all threads get the same ones.
    const first: WorkerSlot = this.#slot(undefined, (rules) => this.#fill(first, rules));
    this.#slots = [first];
    this.ready = first.loaded.then(() => undefined);
    this.ready.catch((error: Error) => {
      if (this.#closing === undefined) process.emitWarning(error.message, "CuirassFault");
    });
    this.#watch = setInterval(() => this.#replaceStuck(), Math.min(1000, options.timeoutMs / 2)).unref();
    this.ruleSets = options.specs.map((spec, index) => this.#ruleSet(spec, index));
  }

  /** Calls that wait for an answer. */
  get underWay(): number {
    let count = 0;
    for (const slot of this.#slots) count += slot.underWay;
    for (const slot of this.#retiring) count += slot.underWay;
    return count;
  }

  /** Reads the rules anew. Never rejects: when anything is wrong with them, those in force stay. */
  reload(): Promise<RulesReload> {
    return this.#reloads.request("call");
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#end());
  }

  /** Starts the other threads of a pool whose first one has its rules. */
  #fill(first: WorkerSlot, rules: WorkerRules): void {
    if (this.#slots[0] !== first || this.#rules !== undefined || this.#closing !== undefined) return;
    this.#rules = rules;
    this.#slots = [first, ...Array.from({ length: this.#options.workers - 1 }, () => this.#slot(rules.snapshots))];
  }

  async #end(): Promise<void> {
    clearInterval(this.#watch);
    await Promise.all([...this.#slots, ...this.#retiring].map((slot) => slot.end()));
  }

  async #reload(): Promise<RulesReload> {
    const started = performance.now();
    const fresh: WorkerSlot[] = [];
    const add = (snapshots?: readonly RulesSnapshot[]): Promise<WorkerRules> => {
      const slot = this.#slot(snapshots);
      fresh.push(slot);
      return slot.loaded;
    };
    const result = (ok: boolean, message: string): RulesReload => {
      const seconds = (performance.now() - started) / 1000;
      return { ok, message, ruleCount: this.#rules?.ruleCount ?? 0, seconds };
    };
    try {
      const rules = await add();
      for (const [index, count] of rules.ruleCounts.entries())
        checkNotEmptied(this.#rules?.ruleCounts[index] ?? 0, count);
      await Promise.all(Array.from({ length: this.#options.workers - 1 }, () => add(rules.snapshots)));
      if (this.#closing !== undefined) throw new Error("the worker threads were closed");
      const old = this.#slots;
      this.#slots = fresh;
      this.#rules = rules;
      for (const slot of old) {
        this.#retiring.add(slot);
        void slot.retire().finally(() => this.#retiring.delete(slot));
      }
      return result(true, `${rules.ruleCount} rules in ${fresh.length} threads`);
    } catch (error) {
      await Promise.all(fresh.map((slot) => slot.end()));
      return result(false, error instanceof Error ? error.message : String(error));
    }
  }

  #slot(snapshots?: readonly RulesSnapshot[], onLoaded?: (rules: WorkerRules) => void): WorkerSlot {
    const { specs, observe, timeoutMs } = this.#options;
    return new WorkerSlot({
      setup: { specs, summaries: observe !== undefined, snapshots },
      timeoutMs,
      store: (call) => answerStoreCall(this.#store(call.store), call),
      onLoaded,
    });
  }

  #store(name: string): CollectionStore {
    if (this.#options.store !== undefined) return this.#options.store;
    let store = this.#stores.get(name);
    if (store === undefined) {
      const clock = { now: Date.now, monotonic: () => performance.now() };
      this.#stores.set(name, (store = new MemoryCollectionStore({ clock })));
    }
    return store;
  }

  #ruleSet(spec: RuleSpec, index: number): RuleSetHandle {
    // Until a worker has said what its rules are, they are taken to be strict.
    const strict: RuleSetFacts = {
      blocking: spec.mode !== "detect",
      refusesBeyondLimit: { request: spec.overLimit !== "partial", response: false },
    };
    const facts = (): RuleSetFacts => this.#rules?.facts[index] ?? strict;
    return {
      get blocking() {
        return facts().blocking;
      },
      get refusesBeyondLimit() {
        return facts().refusesBeyondLimit;
      },
      open: () => this.#open(index),
    };
  }

  #open(ruleSet: number): RemoteInspection {
    const exchange = this.#nextExchange++;
    // Chosen with the first step: until then a reload may replace the threads.
    let place: { readonly slot: WorkerSlot; readonly generation: number } | undefined;
    return new RemoteInspection({
      ruleSet,
      observe: this.#options.observe,
      ask: (step, transfer = []) => {
        const refused = this.#refuse(step);
        if (refused !== undefined) return Promise.reject(refused);
        if (place === undefined) {
          const slot = this.#slots.reduce((least, other) => (other.load < least.load ? other : least));
          place = { slot, generation: slot.generation };
        }
        return place.slot.ask(place.generation, exchange, step, transfer);
      },
    });
  }

  #refuse(step: Step): InspectionFault | undefined {
    if (this.#closing !== undefined) return new InspectionFault("the worker threads were closed", 503);
    // An exchange that was admitted has half its cost behind it, and closing one makes room.
    const room = step.kind === "open-request" ? 1 : step.kind === "close" ? Infinity : 2;
    const { underWay } = this;
    if (underWay < this.#options.queueLimit * room) return undefined;
    return new InspectionFault(`${underWay} inspections are waiting already`, 503);
  }

  #replaceStuck(): void {
    const now = performance.now();
    for (const slot of [...this.#slots, ...this.#retiring]) slot.replaceIfStuck(now);
  }
}
