import type { CompiledTarget } from "./ruleset.ts";
import type { TargetExclusion } from "../control.ts";
import type { Selector } from "../variables/collections.ts";
import { variableTable } from "../variables/variable-table.ts";

/** The values of a variable, or those that a selector picks, without those that are excluded. */
export interface View extends Pick<CompiledTarget, "variable" | "of" | "selector" | "exclusions"> {
  /** The number of the view without exclusions, its own if it has none. */
  readonly base: number;
}

/** Variables that actions and operators change while a phase runs. */
const changing: ReadonlySet<string> = new Set([
  "TX",
  "RULE",
  "ENV",
  "GEO",
  "MATCHED_VAR",
  "MATCHED_VARS",
  "MATCHED_VAR_NAME",
  "MATCHED_VARS_NAMES",
  "HIGHEST_SEVERITY",
  "SESSIONID",
  "USERID",
  "DURATION",
]);

/** Numbers the views of a WAF's rules: targets that mean the same values share one, so those are looked up once a phase. */
export class ViewRegistry {
  readonly views: View[] = [];
  /** The next number for `CompiledOperator.memo`. */
  nextMemo = 0;
  readonly #numbers = new Map<string, number>();

  /** The number of a target's view; -1 when its values may change while a phase runs. */
  numberOf(variable: number, selector: Selector | undefined, exclusions: readonly TargetExclusion[]): number {
    const { name, kind, of } = variableTable[variable]!;
    if (kind === "persistent" || changing.has(name) || name.startsWith("TIME")) return -1;
    const own = exclusions.filter((exclusion) => exclusion.variable === variable);
    const key = `${variable} ${[selector, ...own.map((exclusion) => exclusion.selector)].map(textOf).join("\n")}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      const base = own.length === 0 ? this.views.length : this.numberOf(variable, selector, []);
      number = this.views.push({ variable, of, selector, exclusions: own, base }) - 1;
      this.#numbers.set(key, number);
    }
    return number;
  }
}

function textOf(selector: Selector | undefined): string {
  return selector === undefined ? "" : `${selector.kind} ${selector.text}`;
}
