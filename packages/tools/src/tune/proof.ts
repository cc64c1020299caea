import type { Waf } from "@cuirass/engine";
import { runExchange } from "../run-exchange.ts";
import type { RecordedExchange } from "../traffic/recorded-exchange.ts";
import { isDetection } from "./evidence.ts";
import { groupOf } from "./proposals.ts";

/** What an attack corpus does to a rule set. */
export interface AttackRun {
  /** By position in the corpus: whether it is blocked. */
  readonly blocked: readonly boolean[];
  /** By position: rules that found something and in which variable, as `groupOf` names them. */
  readonly found: readonly (readonly string[])[];
  /** Values that each rule found, by id, each once. */
  readonly values: ReadonlyMap<number, readonly string[]>;
}

const VALUES = 40;

/** Runs an attack corpus through a WAF that blocks. */
export async function runAttacks(
  waf: Waf,
  attacks: readonly RecordedExchange[],
  onExchange?: () => void,
): Promise<AttackRun> {
  const blocked: boolean[] = [];
  const all: string[][] = [];
  const values = new Map<number, string[]>();
  for (const attack of attacks) {
    const tx = await runExchange(waf, attack);
    blocked.push(tx.interruption !== undefined);
    const found = tx.matchedRules.filter(isDetection);
    all.push(
      found.flatMap(({ rule, matches }) =>
        matches.map(({ variable }) => groupOf({ ruleId: rule.id, variable: nameOf(variable) })),
      ),
    );
    for (const { rule, matches } of found) {
      const known = values.get(rule.id) ?? [];
      values.set(rule.id, known);
      const [match] = matches;
      if (match !== undefined && known.length < VALUES && !known.includes(match.original)) known.push(match.original);
    }
    onExchange?.();
  }
  return { blocked, found: all, values };
}

/**
 * Runs the corpus again with exclusions about the groups given. Attacks in which none of them found anything are not run:
 * taking a target away from a rule changes nothing where the rule did not match there.
 */
export async function rerunAttacks(
  waf: Waf,
  attacks: readonly RecordedExchange[],
  before: AttackRun,
  groups: ReadonlySet<string>,
  onExchange?: (at: number) => void,
): Promise<AttackRun> {
  const chosen = before.found.flatMap((found, at) => (found.some((group) => groups.has(group)) ? [at] : []));
  let done = 0;
  const run = await runAttacks(
    waf,
    chosen.map((at) => attacks[at]!),
    () => onExchange?.(++done / chosen.length),
  );
  const blocked = [...before.blocked];
  const found = [...before.found];
  for (const [index, at] of chosen.entries()) {
    blocked[at] = run.blocked[index]!;
    found[at] = run.found[index]!;
  }
  return { blocked, found, values: before.values };
}

function nameOf(variable: string): string {
  return variable === "REQUEST_XML" ? "XML" : variable;
}

/** Attacks that were blocked and are no longer. */
export function unblocked(before: AttackRun, after: AttackRun): number[] {
  return before.blocked.flatMap((was, at) => (was && after.blocked[at] !== true ? [at] : []));
}
