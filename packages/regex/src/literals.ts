import type { ByteSet } from "./byte-set.ts";
import type { Node } from "./ast.ts";
import { expectedHits } from "./literal-frequency.ts";
import { withoutRareBytes } from "./rare-bytes.ts";

/**
 * What must hold of a haystack for a pattern to match it: a length, and from each group at least one literal, ASCII case
 * apart. Invariant: a necessary condition, so a prefilter built on it gives false positives but never a false negative.
 */
export interface PrefilterCondition {
  readonly minLength: number;
  /** Lower-case literals. */
  readonly groups: readonly (readonly string[])[];
}

const EXACT_LIMIT = 24;
const EXACT_LENGTH_LIMIT = 24;
const GROUP_LIMIT = 1024;
const SET_LIMIT = 6;

interface Facts {
  readonly minLength: number;
  /** Lower-case strings of which one ends every match of the node; undefined when there are too many. */
  readonly exact: readonly string[] | undefined;
  /** `exact` are whole matches, not only their ends. */
  readonly whole: boolean;
  readonly groups: readonly (readonly string[])[];
}

/** Works out the condition of a pattern. */
export function prefilterCondition(root: Node): PrefilterCondition {
  const facts = examine(root);
  const groups = settle(facts);
  const rare = rareGroup(root);
  return { minLength: facts.minLength, groups: rare === undefined ? groups : [...groups, rare] };
}

/** One of the pattern's rare bytes, or what the pattern asks of a haystack that has none of them. */
function rareGroup(root: Node): readonly string[] | undefined {
  const stripped = withoutRareBytes(root);
  if (stripped === undefined) return undefined;
  const bytes = stripped.bytes.map((byte) => String.fromCharCode(byte));
  if (stripped.root === undefined) return bytes;
  const words = bestGroup(settle(examine(stripped.root)));
  return words === undefined ? undefined : [...bytes, ...words];
}

const anything: Facts = { minLength: 0, exact: undefined, whole: false, groups: [] };

function examine(node: Node): Facts {
  switch (node.kind) {
    case "empty":
    case "assert":
      return { minLength: 0, exact: [""], whole: true, groups: [] };
    case "set":
      return { minLength: 1, exact: exactBytes(node.set), whole: true, groups: [] };
    case "group":
      return examine(node.node);
    case "concat":
      return examineSequence(node.nodes);
    case "alternate":
      return choose(node.nodes.map(examine));
    case "repeat":
      return repeat(node, examine(node.node));
  }
}

/** Perf: bytes that stand alone are read as words; a quarter of the time of joining them one by one. */
function examineSequence(nodes: readonly Node[]): Facts {
  let facts: Facts | undefined;
  let word = "";
  const add = (next: Facts): void => {
    facts = facts === undefined ? next : join(facts, next);
  };
  const endWord = (): void => {
    if (word !== "") add({ minLength: word.length, exact: [word], whole: true, groups: [] });
    word = "";
  };
  for (const node of nodes) {
    const bytes = node.kind === "set" ? exactBytes(node.set) : undefined;
    if (bytes?.length === 1) word += bytes[0]!;
    else {
      endWord();
      add(examine(node));
    }
  }
  endWord();
  return facts ?? { minLength: 0, exact: [""], whole: true, groups: [] };
}

const known = new WeakMap<ByteSet, readonly string[] | null>();

/** The bytes of a set, lower-case; undefined when there are too many. */
function exactBytes(set: ByteSet): readonly string[] | undefined {
  let bytes = known.get(set);
  if (bytes === undefined) {
    bytes = listBytes(set) ?? null;
    known.set(set, bytes);
  }
  return bytes ?? undefined;
}

function listBytes(set: ByteSet): readonly string[] | undefined {
  const lower = new Set<string>();
  for (const byte of set.bytes()) {
    lower.add(String.fromCharCode(byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte));
    if (lower.size > SET_LIMIT) return undefined;
  }
  return [...lower];
}

function join(left: Facts, right: Facts): Facts {
  const minLength = left.minLength + right.minLength;
  // Only a right part that is known as a whole stands directly behind the end of the left one.
  if (left.exact !== undefined && right.exact !== undefined && right.whole) {
    const { exact: a } = left;
    const { exact: b } = right;
    const longest = Math.max(...a.map((text) => text.length)) + Math.max(...b.map((text) => text.length));
    if (a.length * b.length <= EXACT_LIMIT && longest <= EXACT_LENGTH_LIMIT) {
      const exact = [...new Set(a.flatMap((head) => b.map((tail) => head + tail)))];
      return { minLength, exact, whole: left.whole, groups: [...left.groups, ...right.groups] };
    }
  }
  // The left part ends here as a group of its own; the right part may still grow with what follows it.
  return { minLength, exact: right.exact, whole: false, groups: [...settle(left), ...right.groups] };
}

function choose(branches: readonly Facts[]): Facts {
  const minLength = Math.min(...branches.map((branch) => branch.minLength));
  if (branches.every(isListed)) {
    const exact = [...new Set(branches.flatMap((branch) => branch.exact!))];
    if (exact.length <= EXACT_LIMIT) return { minLength, exact, whole: true, groups: [] };
    return {
      minLength,
      exact: undefined,
      whole: false,
      groups: exact.length <= GROUP_LIMIT && !exact.includes("") ? [exact] : [],
    };
  }
  const union: string[] = [];
  for (const branch of branches) {
    const best = bestGroup(settle(branch));
    if (best === undefined) return { ...anything, minLength };
    union.push(...best);
  }
  const group = [...new Set(union)];
  return { minLength, exact: undefined, whole: false, groups: group.length <= GROUP_LIMIT ? [group] : [] };
}

function repeat(node: Extract<Node, { kind: "repeat" }>, inner: Facts): Facts {
  if (node.min === 0) {
    if (node.max === 1 && isListed(inner) && inner.exact!.length < EXACT_LIMIT) {
      return { minLength: 0, exact: [...new Set([...inner.exact!, ""])], whole: true, groups: [] };
    }
    return anything;
  }
  const minLength = inner.minLength * node.min;
  if (node.min === 1 && node.max === 1) return inner;
  return { minLength, exact: undefined, whole: false, groups: settle(inner) };
}

/** Every match of the node is on its list. */
function isListed({ exact, whole, groups }: Facts): boolean {
  return exact !== undefined && whole && groups.length === 0;
}

/** Groups of a node that nothing is joined to any more. */
function settle({ exact, groups }: Facts): readonly (readonly string[])[] {
  if (exact === undefined || exact.length === 0 || exact.includes("")) return groups;
  return [...groups, exact];
}

/** The group that fewest haystacks have a literal of. */
function bestGroup(groups: readonly (readonly string[])[]): readonly string[] | undefined {
  let best: readonly string[] | undefined;
  for (const group of groups) if (best === undefined || expectedHits(group) < expectedHits(best)) best = group;
  return best;
}
