import type { Nfa } from "./nfa.ts";
import { Op } from "./nfa.ts";

/** 1 for bytes with which a match can begin; "any" when one can be empty. */
export function firstBytes({ op, arg, next, start, sets }: Nfa): Uint8Array | "any" {
  const first = new Uint8Array(256);
  const seen = new Uint8Array(op.length);
  const pending = [start];
  while (pending.length > 0) {
    const pc = pending.pop()!;
    if (seen[pc] === 1) continue;
    seen[pc] = 1;
    if (op[pc] === Op.Match) return "any";
    if (op[pc] === Op.Set) for (const byte of sets[arg[pc]!]!.bytes()) first[byte] = 1;
    else pending.push(next[pc]!);
    if (op[pc] === Op.Split) pending.push(arg[pc]!);
  }
  return first;
}
