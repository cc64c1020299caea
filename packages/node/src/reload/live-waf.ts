import type { FileSystem, Waf, WafConfig } from "@cuirass/engine";
import { compileWaf, createWaf, MemoryCollectionStore } from "@cuirass/engine";
import type { RuleChanges } from "./rule-changes.ts";
import type { FileWatchOptions } from "./file-watch.ts";
import { FileWatch } from "./file-watch.ts";
import { inSlices } from "./in-slices.ts";
import { recordFiles } from "./recording-file-system.ts";
import { checkNotEmptied, countRules } from "./not-emptied.ts";
import { ReloadQueue } from "./reload-queue.ts";
import { compareRules, describeChanges } from "./rule-changes.ts";
import { warmUp } from "./warm-up.ts";

/** What asked for a reload; a label of metrics, so a closed set. */
export type ReloadTrigger = "signal" | "files" | "admin" | "call";

/** What became of a reload. */
export interface ReloadResult {
  readonly trigger: ReloadTrigger;
  readonly ok: boolean;
  /** For people: what changed, or every error with file, line and excerpt. */
  readonly message: string;
  /** Undefined when it failed. */
  readonly changes: RuleChanges | undefined;
  /** Rules in force now. */
  readonly ruleCount: number;
  readonly seconds: number;
}

/** How rules are found, and who is told. */
export interface LiveWafOptions {
  /**
   * Makes the configuration anew: called at the start and at every reload. Everything must be read through `files`, which
   * remembers what to watch. Ports that live on (audit sink, store, logger) are made once and handed in each time.
   */
  readonly configure: (files: FileSystem) => WafConfig;
  readonly onReload?: (result: ReloadResult) => void;
}

/**
 * A rule set that can be replaced while it is in use: new rules are compiled aside in slices of a few milliseconds, warmed
 * up, and put in force whole; when anything is wrong with them the old ones stay. A transaction keeps the rules it began
 * with, because it holds the {@link Waf} that made it.
 */
export class LiveWaf {
  readonly #options: LiveWafOptions;
  /** Counters of rules survive reloads. */
  #store: MemoryCollectionStore | undefined;
  readonly #queue: ReloadQueue<ReloadResult>;
  readonly #watches = new Set<FileWatch>();
  #waf: Waf;
  /** What the last attempt read, and what it was. */
  #files: ReadonlyMap<string, string>;

  /** @throws WafConfigError when the rules are wrong: without rules there is nothing to start with. */
  constructor(options: LiveWafOptions) {
    this.#options = options;
    const files = recordFiles();
    this.#waf = createWaf(this.#configure(files));
    this.#files = files.asked;
    this.#queue = new ReloadQueue((trigger) => this.#reload(trigger as ReloadTrigger));
  }

  /** The rules for new exchanges. */
  get waf(): Waf {
    return this.#waf;
  }

  /** Files that the rules in force were read from, and folders in which files were looked for. */
  get files(): readonly string[] {
    return [...this.#files.keys()];
  }

  /** Reads and compiles everything anew. Never rejects: a failure is a result, and the old rules stay in force. */
  reload(trigger: ReloadTrigger = "call"): Promise<ReloadResult> {
    return this.#queue.request(trigger);
  }

  /** Reloads when a file changes that the rules, or a failed attempt after them, were read from. */
  watch(options: FileWatchOptions = {}): { close(): void } {
    const watch = new FileWatch(
      () => this.#files,
      () => void this.reload("files"),
      options,
    );
    this.#watches.add(watch);
    return { close: () => void (this.#watches.delete(watch), watch.close()) };
  }

  close(): void {
    for (const watch of this.#watches) watch.close();
    this.#watches.clear();
  }

  async #reload(trigger: ReloadTrigger): Promise<ReloadResult> {
    const started = performance.now();
    const files = recordFiles();
    let changes: RuleChanges | undefined;
    let message: string;
    try {
      const fresh = await inSlices(compileWaf({ ...this.#configure(files), shareWith: this.#waf }));
      checkNotEmptied(countRules(this.#waf), countRules(fresh));
      await inSlices(warmUp(fresh));
      changes = compareRules(this.#waf, fresh);
      message = describeChanges(changes);
      this.#waf = fresh;
      this.#files = files.asked;
    } catch (error) {
      // A file that only the broken configuration reads is watched too: it is where the correction will be made.
      this.#files = new Map([...this.#files, ...files.asked]);
      message = error instanceof Error ? error.message : String(error);
    }
    const seconds = (performance.now() - started) / 1000;
    const ok = changes !== undefined;
    const result = { trigger, ok, message, changes, ruleCount: this.#waf.ruleCount, seconds };
    this.#options.onReload?.(result);
    return result;
  }

  #configure(files: FileSystem): WafConfig {
    const config = this.#options.configure(files);
    if (config.host?.collectionStore !== undefined) return config;
    const clock = config.host?.clock ?? { now: Date.now, monotonic: () => performance.now() };
    this.#store ??= new MemoryCollectionStore({ clock });
    return { ...config, host: { ...config.host, collectionStore: this.#store } };
  }
}
