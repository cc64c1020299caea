import type { Node } from "./ast.ts";
import type { ByteSet } from "./byte-set.ts";
import type { Group } from "./literal-facts.ts";
import type { ParsedPattern } from "./parse.ts";
import { alternatives, anything, emptyText, Facts, optional, repeated } from "./literal-facts.ts";
import { namedRareBytes, rareBytes } from "./rare-bytes.ts";

/**
 * What must hold of a haystack for a pattern to match it: a length, and from each group at least one literal, ASCII case
 * apart. Invariant: a necessary condition, so a prefilter built on it gives false positives but never a false negative.
 */
export interface PrefilterCondition {
  readonly minLength: number;
  /** Lower-case literals. */
  readonly groups: readonly Group[];
}

/** Works out the condition of a pattern. */
export function prefilterCondition({ root, sets }: Pick<ParsedPattern, "root" | "sets">): PrefilterCondition {
  const named = namedRareBytes(sets);
  const examiner = new Examiner();
  const facts = examiner.examine(root);
  // A class without members: nothing matches, which no literal can tell.
  if (facts === undefined) return { minLength: 0, groups: [] };
  const groups = facts.settled();
  const rare = named.isEmpty ? undefined : rareGroup(root, named, new Examiner(named, examiner));
  return { minLength: facts.minLength, groups: rare === undefined ? groups : [...groups, rare] };
}

/**
 * One of the rare bytes that the pattern's small sets name, or what the pattern asks of a haystack that has none of them.
 * Patterns against evasion allow quotes and brackets between any two letters; without them a plain word is left.
 */
function rareGroup(root: Node, named: ByteSet, examiner: Examiner): Group | undefined {
  const bytes = named.bytes().map((byte) => String.fromCharCode(byte));
  const facts = examiner.examine(root);
  if (facts === undefined) return bytes;
  const words = facts.best();
  return words === undefined ? undefined : [...bytes, ...words];
}

/** Finds the facts of a pattern's nodes, in haystacks that have none of some rare bytes when there are such. */
class Examiner {
  readonly #without: ByteSet | undefined;
  /** All other bytes. */
  readonly #kept: ByteSet | undefined;
  readonly #sets = new Map<ByteSet, Facts | undefined>();
  /** Of optional parts: patterns repeat those, and the parser makes one node of them. */
  readonly #parts = new Map<Node, Facts | undefined>();
  /** Of alternatives that no rare byte belongs to: the same whatever rare bytes haystacks lack. */
  readonly #plain: Map<Node, Facts>;
  /** How many sets with a rare byte, or parts that may have them, were come across. */
  #rare = 0;

  /** `before` examined the same pattern for all haystacks. */
  constructor(without?: ByteSet, before?: Examiner) {
    this.#without = without;
    this.#kept = without?.negated();
    this.#plain = before === undefined ? new Map<Node, Facts>() : before.#plain;
  }

  /** Undefined when the node cannot match. */
  examine(node: Node): Facts | undefined {
    switch (node.kind) {
      case "text":
        return Facts.listed(node.text.length, [node.text.toLowerCase()]);
      case "set":
        return this.#examineSet(node.set);
      case "concat":
        return this.#examineSequence(node.nodes);
      case "alternate":
        return this.#examineAlternate(node);
      case "repeat":
        return this.#examineRepeat(node);
      case "group":
        return this.examine(node.node);
      case "empty":
      case "assert":
        return emptyText;
    }
  }

  #examineSet(set: ByteSet): Facts | undefined {
    if (set.meets(rareBytes)) this.#rare++;
    let facts = this.#sets.get(set);
    if (facts === undefined && !this.#sets.has(set)) {
      const { lower } = this.#without?.meets(set) === true ? set.and(this.#kept!) : set;
      facts = lower?.length === 0 ? undefined : Facts.listed(1, lower);
      this.#sets.set(set, facts);
    }
    return facts;
  }

  /** Perf: bytes that stand alone are read as words; a quarter of the time of joining them one by one. */
  #examineSequence(nodes: readonly Node[]): Facts | undefined {
    const sequence = Facts.sequence();
    let word = "";
    let isEmpty = true;
    let isGap = true;
    for (let at = 0; at < nodes.length; at++) {
      const node = nodes[at]!;
      if (node.kind === "text") {
        word += node.text.toLowerCase();
        continue;
      }
      const facts = node.kind === "concat" ? this.#examinePart(node) : this.examine(node);
      if (facts === undefined) return undefined;
      if (facts === emptyText) continue;
      if (node.kind === "set" && facts.exact?.length === 1) {
        word += facts.exact[0]!;
        continue;
      }
      if (word !== "") sequence.addText(word);
      word = "";
      isEmpty = false;
      if (facts === anything) sequence.addGap();
      else {
        isGap = false;
        sequence.add(facts);
      }
    }
    if (word !== "") sequence.addText(word);
    else if (isEmpty) return emptyText;
    else if (isGap && sequence.minLength === 0) return anything;
    return sequence;
  }

  #examineAlternate(node: Extract<Node, { kind: "alternate" }>): Facts | undefined {
    const known = this.#without === undefined ? undefined : this.#plain.get(node);
    if (known !== undefined) return known;
    const before = this.#rare;
    const branches: Facts[] = [];
    for (let at = 0; at < node.nodes.length; at++) {
      const branch = this.examine(node.nodes[at]!);
      if (branch !== undefined) branches.push(branch);
    }
    const facts = branches.length > 1 ? alternatives(branches) : branches[0];
    if (facts !== undefined && this.#rare === before) this.#plain.set(node, facts);
    return facts;
  }

  #examineRepeat({ node, min, max }: Extract<Node, { kind: "repeat" }>): Facts | undefined {
    if (this.#without === undefined && min === 0 && max !== 1) {
      if (node.kind !== "set" || node.set.meets(rareBytes)) this.#rare++;
      return anything;
    }
    const inner = this.#examinePart(node);
    if (inner === undefined) return min === 0 ? emptyText : undefined;
    if (min > 0) return max === 1 ? inner : repeated(inner, min);
    return max === 1 ? optional(inner) : anything;
  }

  #examinePart(node: Node): Facts | undefined {
    if (node.kind === "set") return this.#examineSet(node.set);
    let facts = this.#parts.get(node);
    if (facts === undefined && !this.#parts.has(node)) {
      facts = this.examine(node);
      this.#parts.set(node, facts);
    } else this.#rare++;
    return facts;
  }
}
