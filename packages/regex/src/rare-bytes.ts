import type { Node } from "./ast.ts";
import { alternate, concat } from "./ast.ts";
import { ByteSet } from "./byte-set.ts";

/** Bytes that ordinary values seldom have: controls, and the punctuation that attacks are made of. */
const rareBytes: ByteSet = ByteSet.range(0x00, 0x08).add(0x0b).add(0x0c).addRange(0x0e, 0x1f).addRange(0x7f, 0xff);
for (const mark of "\"'`()[]{}<>|\\&$;*^!#~@?") rareBytes.add(mark.charCodeAt(0));

/** Larger sets mean "nearly anything": nothing is gained by taking bytes out of them. */
const SMALL_SET = 64;

/** A pattern for haystacks that have none of some bytes. */
export interface WithoutRareBytes {
  /** The bytes, each rare; not empty. */
  readonly bytes: readonly number[];
  /** What is left of the pattern; undefined when it cannot match without the bytes. */
  readonly root: Node | undefined;
}

/**
 * What a pattern asks of a haystack that has none of the rare bytes which its small sets name. Patterns against evasion
 * allow quotes and brackets between any two letters; without them a plain word is left. Undefined when it names none.
 */
export function withoutRareBytes(root: Node): WithoutRareBytes | undefined {
  const named = new ByteSet();
  collect(root, named);
  if (named.isEmpty) return undefined;
  return { bytes: named.bytes(), root: strip(root, named) };
}

function collect(node: Node, into: ByteSet): void {
  switch (node.kind) {
    case "set":
      if (node.set.meets(rareBytes) && node.set.size <= SMALL_SET) into.addAll(node.set.and(rareBytes));
      break;
    case "concat":
    case "alternate":
      for (const part of node.nodes) collect(part, into);
      break;
    case "repeat":
    case "group":
      collect(node.node, into);
      break;
    default:
  }
}

/** The node without the bytes; undefined when nothing is left of it. */
function strip(node: Node, bytes: ByteSet): Node | undefined {
  switch (node.kind) {
    case "set": {
      if (!node.set.meets(bytes)) return node;
      const set = node.set.and(bytes.negated());
      return set.isEmpty ? undefined : { kind: "set", set };
    }
    case "concat": {
      const nodes: Node[] = [];
      for (const part of node.nodes) {
        const left = strip(part, bytes);
        if (left === undefined) return undefined;
        if (left.kind !== "empty") nodes.push(left);
      }
      return concat(nodes);
    }
    case "alternate": {
      const nodes = node.nodes.map((part) => strip(part, bytes)).filter((part) => part !== undefined);
      return nodes.length === 0 ? undefined : alternate(nodes);
    }
    case "repeat": {
      const inner = strip(node.node, bytes);
      if (inner === undefined) return node.min === 0 ? concat([]) : undefined;
      return { ...node, node: inner };
    }
    case "group":
      return strip(node.node, bytes);
    default:
      return node;
  }
}
