import type { Host, Waf } from "@cuirass/engine";
import { MemoryCollectionStore } from "@cuirass/engine";
import { checkNotEmptied, compareRules, countRules, describeChanges, ReloadQueue } from "@cuirass/node";
import type { RulesReload } from "../http-waf.ts";
import type { WafSource } from "../local-inspection.ts";
import type { RuleSpec } from "./load-rules.ts";
import { loadRules, reloadRules } from "./load-rules.ts";

interface Entry {
  readonly spec: RuleSpec;
  readonly host: Partial<Host>;
  waf: Waf;
}

/** Rules of this thread that can be replaced while they are in use; an exchange keeps those it began with. */
export class LocalRules {
  readonly #entries: Entry[] = [];
  readonly #queue = new ReloadQueue<RulesReload>(() => this.#reload());

  /**
   * Compiles rules. What is returned gives those in force.
   * @throws Error with everything that is wrong with them.
   */
  add(spec: RuleSpec, host: Partial<Host> = {}): WafSource {
    const clock = { now: Date.now, monotonic: () => performance.now() };
    // Counters of rules survive a reload.
    const own = { collectionStore: new MemoryCollectionStore({ clock }), ...host };
    const entry: Entry = { spec, host: own, waf: loadRules(spec, own) };
    this.#entries.push(entry);
    return () => entry.waf;
  }

  /** Reads all rules anew. Never rejects: when anything is wrong with any of them, those in force stay. */
  reload(): Promise<RulesReload> {
    return this.#queue.request("call");
  }

  async #reload(): Promise<RulesReload> {
    const started = performance.now();
    const result = (ok: boolean, message: string): RulesReload => {
      const ruleCount = this.#entries.reduce((sum, { waf }) => sum + waf.ruleCount, 0);
      return { ok, message, ruleCount, seconds: (performance.now() - started) / 1000 };
    };
    if (this.#entries.length === 0) return result(false, '"waf" was given: whoever compiled these rules reloads them');
    try {
      const fresh: Waf[] = [];
      for (const { spec, host, waf } of this.#entries) {
        const loaded = await reloadRules(spec, host, waf);
        checkNotEmptied(countRules(waf), countRules(loaded));
        fresh.push(loaded);
      }
      const changes = this.#entries.map(({ waf }, index) => describeChanges(compareRules(waf, fresh[index]!)));
      for (const [index, entry] of this.#entries.entries()) entry.waf = fresh[index]!;
      return result(true, changes.join("; "));
    } catch (error) {
      return result(false, error instanceof Error ? error.message : String(error));
    }
  }
}
