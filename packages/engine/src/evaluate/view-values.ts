import type { View } from "../compile/views.ts";
import type { Entry } from "../variables/collections.ts";
import type { Variables } from "../variables/variables.ts";
import type { Haystack, Haystacks } from "./haystack.ts";
import { exclude } from "./targets.ts";

/** The values of a view while a phase runs. */
export interface ViewValues {
  readonly entries: readonly Entry[];
  /** By entry. Empty until somebody asks for scanned values. */
  haystacks: Haystack[];
  scanned: boolean;
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

  /** The values as haystacks whose literals are known. */
  scanned(view: number): ViewValues {
    const values = (this.#values[view] ??= this.#lookUp(view));
    if (!values.scanned) this.#scan(values);
    return values;
  }

  #lookUp(view: number): ViewValues {
    const { variable, of, selector, exclusions } = this.#views[view]!;
    const entries: Entry[] = [];
    of(this.#variables).select(selector, entries);
    if (exclusions.length > 0) exclude(exclusions, variable, entries, 0);
    return { entries, haystacks: noHaystacks, scanned: false };
  }

  #scan(values: ViewValues): void {
    values.scanned = true;
    if (values.entries.length === 0) return;
    const haystacks = new Array<Haystack>(values.entries.length);
    for (let at = 0; at < haystacks.length; at++) {
      const haystack = this.#haystacks.ofEntry(values.entries[at]!);
      this.#haystacks.groupsOf(haystack);
      haystacks[at] = haystack;
    }
    values.haystacks = haystacks;
  }
}

const noHaystacks: Haystack[] = [];
