import type { View } from "../compile/views.ts";
import type { Entry } from "../variables/collections.ts";
import type { Variables } from "../variables/variables.ts";
import type { Haystack, Haystacks } from "./haystack.ts";
import { isExcluded } from "./targets.ts";

/** The values of a view while a phase runs. */
export interface ViewValues {
  readonly entries: readonly Entry[];
  /** By entry; undefined until somebody asks. */
  haystacks: readonly Haystack[] | undefined;
}

/** What the rules of one phase look at, each view looked up once. */
export class Views {
  readonly #views: readonly View[];
  readonly #variables: Variables;
  readonly #haystacks: Haystacks;
  readonly #values: (ViewValues | undefined)[];
  /** Rules of the phase do not change what they look at, so a look-up holds to its end. */
  readonly steady: boolean;

  constructor(views: readonly View[], variables: Variables, haystacks: Haystacks, steady: boolean) {
    this.steady = steady;
    this.#views = views;
    this.#variables = variables;
    this.#haystacks = haystacks;
    this.#values = new Array<ViewValues | undefined>(views.length);
  }

  entries(view: number): readonly Entry[] {
    return (this.#values[view] ??= this.#lookUp(view)).entries;
  }

  /** The values as haystacks. */
  haystacks(view: number): readonly Haystack[] {
    const values = (this.#values[view] ??= this.#lookUp(view));
    return (values.haystacks ??= this.#haystacksOf(values.entries));
  }

  /** True when a value of its base, by position, is none of the view's own. */
  excludes(view: number, position: number): boolean {
    const { variable, exclusions, base } = this.#views[view]!;
    return base !== view && isExcluded(exclusions, variable, this.entries(base)[position]!);
  }

  #lookUp(view: number): ViewValues {
    const { variable, of, selector, exclusions, base } = this.#views[view]!;
    if (base !== view) {
      const entries = this.entries(base).filter((entry) => !isExcluded(exclusions, variable, entry));
      return { entries, haystacks: undefined };
    }
    const entries: Entry[] = [];
    of(this.#variables).select(selector, entries);
    return { entries, haystacks: undefined };
  }

  #haystacksOf(entries: readonly Entry[]): readonly Haystack[] {
    if (entries.length === 0) return noHaystacks;
    const haystacks = new Array<Haystack>(entries.length);
    for (let at = 0; at < haystacks.length; at++) haystacks[at] = this.#haystacks.ofEntry(entries[at]!);
    return haystacks;
  }
}

const noHaystacks: readonly Haystack[] = [];
