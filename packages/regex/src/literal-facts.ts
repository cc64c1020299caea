import { expectedHits } from "./literal-frequency.ts";

const EXACT_LIMIT = 32;
const EXACT_LENGTH_LIMIT = 24;
const GROUP_LIMIT = 1024;

/** Literals of which a haystack must have one; some may be there twice. */
export type Group = readonly string[];

/** Of a sequence that nothing was added to. */
const nothingYet: Group = [""];
/** No groups, in an array that V8 takes for one of objects. */
const none: Group[] = [nothingYet];
none.pop();

/**
 * What is known of the texts that a node of a pattern matches.
 *
 * Perf: one class, loops by index: this runs once over each pattern, mostly before it is compiled to machine code. With
 * objects of several shapes V8 took back 35 such compilations while it loaded the CRS instead of 4, a fifth of the time.
 */
export class Facts {
  minLength: number;
  /** Lower-case strings of which one ends every match of the node; undefined when there are too many. */
  exact: Group | undefined;
  /** `exact` are whole matches, not only their ends; there are no groups then. */
  whole: boolean;
  /** Changed in sequences alone. */
  readonly groups: Group[];

  constructor(minLength: number, exact: Group | undefined, whole: boolean, groups: Group[]) {
    this.minLength = minLength;
    this.exact = exact;
    this.whole = whole;
    this.groups = groups;
  }

  /** A sequence that nothing was added to. */
  static sequence(): Facts {
    return new Facts(0, nothingYet, true, []);
  }

  /** Of a node that matches the listed texts and nothing else. */
  static listed(minLength: number, exact: Group | undefined): Facts {
    return new Facts(minLength, exact, true, none);
  }

  /** Every match of the node is on its list. */
  get isListed(): boolean {
    return this.exact !== undefined && this.whole && this.groups.length === 0;
  }

  /** Goes on with a text. */
  addText(text: string): void {
    this.minLength += text.length;
    const { exact } = this;
    if (exact === nothingYet) this.exact = [text];
    else {
      const joined = product(exact, [text]);
      if (joined === undefined) this.#endWith([text]);
      else this.exact = joined;
    }
  }

  /** Goes on with what another node matches. */
  add(right: Facts): void {
    this.minLength += right.minLength;
    if (this.exact === nothingYet) {
      this.exact = right.exact;
      this.whole = right.whole;
    } else {
      // Only a right part that is known as a whole stands directly behind the end of the left one.
      const joined = right.whole ? product(this.exact, right.exact) : undefined;
      if (joined === undefined) this.#endWith(right.exact);
      else this.exact = joined;
    }
    for (let at = 0; at < right.groups.length; at++) this.groups.push(right.groups[at]!);
  }

  /** Goes on with something that nothing is known of. */
  addGap(): void {
    if (this.exact !== nothingYet) this.#endWith(undefined);
    else {
      this.exact = undefined;
      this.whole = false;
    }
  }

  /** What was read so far ends as a group of its own; what comes now may still grow with what follows it. */
  #endWith(exact: Group | undefined): void {
    if (isGroup(this.exact)) this.groups.push(this.exact);
    this.exact = exact;
    this.whole = false;
  }

  /** Groups of a node that nothing is joined to any more. */
  settled(): Group[] {
    return isGroup(this.exact) ? [...this.groups, this.exact] : this.groups;
  }

  /** The group that fewest haystacks have a literal of. */
  best(): Group | undefined {
    const { exact, groups } = this;
    if (groups.length === 0) return isGroup(exact) ? exact : undefined;
    let best: Group | undefined;
    let fewest = Infinity;
    for (let at = 0; at < groups.length; at++) {
      const hits = expectedHits(groups[at]!, fewest);
      if (hits >= fewest) continue;
      fewest = hits;
      best = groups[at];
    }
    return isGroup(exact) && expectedHits(exact, fewest) < fewest ? exact : best;
  }
}

/** Of a node that only tests its surroundings. */
export const emptyText: Facts = Facts.listed(0, [""]);
/** Of a node that nothing is known of. */
export const anything: Facts = new Facts(0, undefined, false, none);

/** Facts of alternatives, of which there are several. */
export function alternatives(branches: readonly Facts[]): Facts {
  let minLength = Infinity;
  let areListed = true;
  for (let at = 0; at < branches.length; at++) {
    const branch = branches[at]!;
    if (branch.minLength < minLength) ({ minLength } = branch);
    if (!branch.whole || branch.exact === undefined) areListed = false;
  }
  let texts: string[] = [];
  for (let at = 0; at < branches.length; at++) {
    const list = areListed ? branches[at]!.exact : branches[at]!.best();
    if (list === undefined) return new Facts(minLength, undefined, false, none);
    for (let index = 0; index < list.length; index++) texts.push(list[index]!);
  }
  // Few texts may be there twice: that does no harm.
  if (texts.length > EXACT_LIMIT) texts = [...new Set(texts)];
  if (areListed && texts.length <= EXACT_LIMIT) return Facts.listed(minLength, texts);
  const isUseful = texts.length <= GROUP_LIMIT && !texts.includes("");
  return new Facts(minLength, undefined, false, isUseful ? [texts] : none);
}

/** Facts of a node that may be left away. */
export function optional(facts: Facts): Facts {
  const { exact } = facts;
  if (exact === undefined || !facts.isListed || exact.length >= EXACT_LIMIT) return anything;
  return Facts.listed(0, exact.includes("") ? exact : [...exact, ""]);
}

/** Facts of a node that is there several times: it ends in one of its texts, so what follows can be joined to that. */
export function repeated(facts: Facts, min: number): Facts {
  if (facts.isListed) return new Facts(facts.minLength * min, facts.exact, false, none);
  return new Facts(facts.minLength * min, undefined, false, facts.settled());
}

/** Each of the one followed by each of the other; undefined when they are too many or too long. */
function product(heads: Group | undefined, tails: Group | undefined): Group | undefined {
  if (heads === undefined || tails === undefined || heads.length * tails.length > EXACT_LIMIT) return undefined;
  if (longest(heads) + longest(tails) > EXACT_LENGTH_LIMIT) return undefined;
  const texts: string[] = [];
  for (let head = 0; head < heads.length; head++) {
    for (let tail = 0; tail < tails.length; tail++) texts.push(heads[head]! + tails[tail]!);
  }
  return texts;
}

function longest(texts: Group): number {
  let length = 0;
  for (let at = 0; at < texts.length; at++) if (texts[at]!.length > length) ({ length } = texts[at]!);
  return length;
}

/** The texts say something about a haystack that has one of them. */
function isGroup(texts: Group | undefined): texts is Group {
  return texts !== undefined && texts.length > 0 && !texts.includes("");
}
