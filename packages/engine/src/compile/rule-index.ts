import { compilePattern } from "@cuirass/regex";
import type { CompiledRule, CompiledRuleset, Pipeline } from "./ruleset.ts";
import type { ByteString } from "../text/bytes.ts";
import type { WafSettings } from "../settings.ts";
import { Phase, sideOf } from "../phase.ts";
import type { PhasePlan } from "./phase-plan.ts";
import { planPhase } from "./phase-plan.ts";
import { TableParts } from "./table-parts.ts";
import type { View } from "./views.ts";

/** What the passes of the compiler made. */
type Compiled = Pick<
  CompiledRuleset,
  "settings" | "rules" | "pipelines" | "transformations" | "views" | "prefilters" | "parts"
>;

/** The rules of a WAF with the look-ups that evaluation and ctl need. */
export class RuleIndex implements CompiledRuleset {
  readonly settings: Readonly<WafSettings>;
  readonly rules: readonly CompiledRule[];
  readonly byPhase: readonly PhasePlan[];
  readonly pipelines: readonly Pipeline[];
  readonly transformations: CompiledRuleset["transformations"];
  readonly parts: CompiledRuleset["parts"];
  readonly views: readonly View[];
  readonly prefilters: CompiledRuleset["prefilters"];
  readonly usesRuleVariable: boolean;
  /** By tag, message or range as written in a ctl action. Bounded: those texts stand in the configuration. */
  readonly #byTag = new Map<ByteString, readonly CompiledRule[]>();
  readonly #byMessage = new Map<ByteString, readonly CompiledRule[]>();
  readonly #byId = new Map<string, readonly CompiledRule[]>();

  constructor(compiled: Compiled) {
    const { settings, rules, pipelines, transformations, views, prefilters, parts } = compiled;
    this.settings = settings;
    this.rules = rules;
    this.pipelines = pipelines;
    this.transformations = transformations;
    this.views = views;
    this.prefilters = prefilters;
    this.parts = parts;
    const tableParts = {
      request: new TableParts(prefilters.request),
      response: new TableParts(prefilters.response),
    };
    this.byPhase = ([0, 1, 2, 3, 4, 5] as const).map((phase) => {
      const own = rules.filter((rule) => rule.phase === phase || rule.phase === Phase.Any);
      return planPhase(own, phase, prefilters[sideOf(phase)], tableParts[sideOf(phase)], views);
    });
    this.usesRuleVariable = rules.some(chainUsesRuleVariable);
  }

  withIdBetween(from: number, to: number): readonly CompiledRule[] {
    const key = `${from}-${to}`;
    let found = this.#byId.get(key);
    if (found === undefined) {
      found = this.rules.filter((rule) => rule.id !== 0 && rule.id >= from && rule.id <= to);
      this.#byId.set(key, found);
    }
    return found;
  }

  withTag(tag: ByteString): readonly CompiledRule[] {
    return this.#lookUp(this.#byTag, tag, (rule, test) => rule.metadata.tags.some(test));
  }

  withMessage(message: ByteString): readonly CompiledRule[] {
    return this.#lookUp(
      this.#byMessage,
      message,
      (rule, test) => rule.message !== undefined && test(rule.message.text),
    );
  }

  #lookUp(
    cache: Map<ByteString, readonly CompiledRule[]>,
    text: ByteString,
    has: (rule: CompiledRule, test: (candidate: ByteString) => boolean) => boolean,
  ): readonly CompiledRule[] {
    let found = cache.get(text);
    if (found === undefined) {
      const test = textTest(text);
      found = this.rules.filter((rule) => has(rule, test));
      cache.set(text, found);
    }
    return found;
  }
}

/** `/pattern/` is searched, anything else compared exactly. The pattern was checked when the action was compiled. */
function textTest(text: ByteString): (candidate: ByteString) => boolean {
  if (text.length < 3 || !text.startsWith("/") || !text.endsWith("/")) return (candidate) => candidate === text;
  const pattern = compilePattern(text.slice(1, -1));
  return (candidate) => pattern.test(candidate);
}

function chainUsesRuleVariable(starter: CompiledRule): boolean {
  for (let rule: CompiledRule | undefined = starter; rule !== undefined; rule = rule.next) {
    if (rule.targets.some((target) => target.name === "RULE")) return true;
    // Macros stand in actions too, so the text of the whole directive is looked at.
    if (/%\{rule[.:}]/i.test(rule.metadata.raw)) return true;
  }
  return false;
}
