import type { PrefilterCondition } from "./literals.ts";
import { AhoCorasick, foldCase } from "./aho-corasick.ts";

/** Collects conditions of a rule set and builds one scanner for all of them. */
export class PrefilterBuilder {
  readonly #groups: (readonly string[])[] = [];
  readonly #ids = new Map<string, number>();

  /** Id of a condition's most selective group; -1 when it asks for no literal. Equal groups share an id. */
  add(condition: PrefilterCondition): number {
    const group = mostSelective(condition.groups);
    if (group === undefined) return -1;
    const folded = [...new Set(group.map(foldCase))].sort();
    const key = folded.join("\n");
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#groups.push(folded) - 1;
      this.#ids.set(key, id);
    }
    return id;
  }

  build(): Prefilter {
    return new Prefilter(this.#groups);
  }
}

/**
 * One pass over a haystack for the literals of a whole rule set: tells which groups have a literal in it.
 *
 * Invariant: a group that is not reported has no literal in the haystack, so what needs one cannot match (no false negative).
 */
export class Prefilter {
  /** Words of a result. */
  readonly size: number;
  readonly #classes: Uint8Array;
  readonly #stride: number;
  /** By state and column: next state times stride, doubled, plus 1 when groups are to be reported there. */
  readonly #table: Int32Array;
  /** By state: groups whose literals end there; only where there are any. */
  readonly #groups: (Int32Array | undefined)[];
  /** By state: the last scan that reported it. */
  readonly #reported: Int32Array;
  #scan = 0;

  constructor(groups: readonly (readonly string[])[]) {
    this.size = (groups.length + 31) >>> 5;
    const owners = new Map<string, number[]>();
    groups.forEach((group, id) => {
      for (const literal of group) {
        const known = owners.get(literal);
        if (known === undefined) owners.set(literal, [id]);
        else known.push(id);
      }
    });
    const literals = [...owners.keys()].filter((literal) => literal !== "");
    const { classes, states, stride, phrase, failure, order, table } = new AhoCorasick(literals);
    this.#classes = classes;
    this.#stride = stride;
    this.#reported = new Int32Array(states);
    this.#groups = new Array<Int32Array | undefined>(states).fill(undefined);
    for (const state of order) {
      const own = phrase[state]! >= 0 ? owners.get(literals[phrase[state]!]!)! : [];
      const inherited = this.#groups[failure[state]!];
      if (own.length === 0) this.#groups[state] = inherited;
      else this.#groups[state] = Int32Array.from(new Set([...own, ...(inherited ?? [])]));
    }
    this.#table = table.map((next) => (next << 1) | (this.#groups[next / stride] === undefined ? 0 : 1));
  }

  /** A bit per group: set when one of its literals occurs. */
  scan(haystack: string): Uint32Array {
    const found = new Uint32Array(this.size);
    const table = this.#table;
    const classes = this.#classes;
    const stride = this.#stride;
    const scan = ++this.#scan;
    let cell = 0;
    for (let at = 0; at < haystack.length; at++) {
      cell = table[(cell >> 1) + classes[haystack.charCodeAt(at) & 0xff]!]!;
      if ((cell & 1) === 0) continue;
      const state = (cell >> 1) / stride;
      // A state has the same groups every time: once per haystack is enough.
      if (this.#reported[state] === scan) continue;
      this.#reported[state] = scan;
      const groups = this.#groups[state]!;
      for (let index = 0; index < groups.length; index++) found[groups[index]! >> 5]! |= 1 << (groups[index]! & 31);
    }
    return found;
  }
}

/** The group whose shortest literal is longest, then the smallest one. */
function mostSelective(groups: PrefilterCondition["groups"]): readonly string[] | undefined {
  let best: readonly string[] | undefined;
  let bestScore = -Infinity;
  for (const group of groups) {
    const shortest = group.reduce((least, literal) => Math.min(least, literal.length), Infinity);
    if (shortest === 0 || shortest === Infinity) continue;
    const score = shortest * 10_000 - group.length;
    if (score > bestScore) [best, bestScore] = [group, score];
  }
  return best;
}
