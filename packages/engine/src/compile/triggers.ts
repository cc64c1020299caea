import type { Gate } from "@cuirass/regex";
import type { Phase } from "../phase.ts";

const none: readonly number[] = [];
/** Numbers of a trigger: position of the rule, bits of its transformations, next trigger of the same group. */
const WIDTH = 3;
/** Tables with more triggers than this find them by group. */
const FEW = 8;

/**
 * The rules that look at some values, by the group that is most telling of each: finding the candidates of a value costs as
 * much as it has literals, however many rules there are.
 */
export class TriggerTable {
  readonly phase: Phase;
  /** What a value must have to match a rule, by position in the phase. */
  readonly #gates: readonly Gate[];
  readonly #groupCount: number;
  /** By group the first trigger; made once there are more than a few. */
  #first: Int16Array | undefined = undefined;
  readonly #triggers: number[] = [];

  constructor(phase: Phase, gates: readonly Gate[], groupCount: number) {
    this.phase = phase;
    this.#gates = gates;
    this.#groupCount = groupCount;
  }

  /** `bits` are those of the rule's transformations: a text that reacts to one of them is judged by what it becomes. */
  add(position: number, bits: number): void {
    this.#triggers.push(position, bits, -1);
    const count = this.#triggers.length / WIDTH;
    if (this.#first !== undefined) this.#chain(count - 1);
    else if (count > FEW) {
      this.#first = new Int16Array(this.#groupCount).fill(-1);
      for (let trigger = 0; trigger < count; trigger++) this.#chain(trigger);
    }
  }

  #chain(trigger: number): void {
    const group = this.#gates[this.#triggers[trigger * WIDTH]!]![0]!;
    this.#triggers[trigger * WIDTH + 2] = this.#first![group]!;
    this.#first![group] = trigger;
  }

  /** Positions of the rules that a text with literals of these groups may match, in no order. */
  candidates(groups: readonly number[], reactions: number): readonly number[] {
    const first = this.#first;
    let found: number[] | undefined;
    if (first === undefined) {
      for (let at = 0; at < this.#triggers.length; at += WIDTH) found = this.#test(at, groups, 0, reactions, found);
      return found ?? none;
    }
    for (let index = 0; index < groups.length; index++) {
      for (let trigger = first[groups[index]!]!; trigger >= 0; trigger = this.#triggers[trigger * WIDTH + 2]!) {
        found = this.#test(trigger * WIDTH, groups, 1, reactions, found);
      }
    }
    return found ?? none;
  }

  /** Appends the trigger's rule when the text has the groups of its gate, of which those before `known` are there. */
  #test(
    at: number,
    groups: readonly number[],
    known: number,
    reactions: number,
    found: number[] | undefined,
  ): number[] | undefined {
    if ((this.#triggers[at + 1]! & reactions) !== 0) return found;
    const position = this.#triggers[at]!;
    const gate = this.#gates[position]!;
    for (let index = known; index < gate.length; index++) if (!groups.includes(gate[index]!)) return found;
    if (found === undefined) return [position];
    found.push(position);
    return found;
  }
}
