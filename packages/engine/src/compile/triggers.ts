import type { Gate } from "@cuirass/regex";
import type { Phase } from "../phase.ts";

/** A rule that a value may match once it has a literal of a group. */
interface Trigger {
  /** Of the rule in its phase. */
  readonly position: number;
  /** All groups that the value must have a literal of. */
  readonly gate: Gate;
  /** Transformations of the rule: a value that reacts to one of them is judged by what it becomes. */
  readonly bits: number;
  /** The next trigger of the group, -1 at the end. */
  readonly next: number;
}

const none: readonly number[] = [];

/**
 * The rules that look at some values, by the group that is most telling of each: finding the candidates of a value costs as
 * much as it has literals, however many rules there are.
 */
export class TriggerTable {
  readonly phase: Phase;
  readonly #first: Int16Array;
  readonly #triggers: Trigger[] = [];

  constructor(phase: Phase, groupCount: number) {
    this.phase = phase;
    this.#first = new Int16Array(groupCount).fill(-1);
  }

  add(position: number, gate: Gate, bits: number): void {
    const group = gate[0]!;
    this.#first[group] = this.#triggers.push({ position, gate, bits, next: this.#first[group]! }) - 1;
  }

  /** Positions of the rules that a text with literals of these groups may match, in no order. */
  candidates(groups: readonly number[], reactions: number): readonly number[] {
    let found: number[] | undefined;
    for (let index = 0; index < groups.length; index++) {
      for (let at = this.#first[groups[index]!]!; at >= 0;) {
        const { position, gate, bits, next } = this.#triggers[at]!;
        at = next;
        if ((bits & reactions) !== 0 || !hasAll(groups, gate)) continue;
        if (found === undefined) found = [position];
        else found.push(position);
      }
    }
    return found ?? none;
  }
}

/** The first group of the gate is known to be there. */
function hasAll(groups: readonly number[], gate: Gate): boolean {
  for (let at = 1; at < gate.length; at++) if (!groups.includes(gate[at]!)) return false;
  return true;
}
