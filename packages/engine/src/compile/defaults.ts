import type { ActionNode, SecActionNode } from "@cuirass/seclang";
import type { DefaultActions } from "./draft.ts";
import type { Report } from "./report.ts";
import { findAction } from "../actions/index.ts";
import { parsePhase } from "../actions/phase.ts";

/** What phase-2 rules start from when no SecDefaultAction was given; other phases start from nothing (spec: seclang, 14). */
export const builtInDefaults: readonly string[] = ["log", "auditlog", "pass"];

/**
 * Checks a SecDefaultAction: a phase, exactly one disruptive action, no other metadata, no transformation.
 * Undefined, with the errors reported, when it cannot be used.
 *
 * Compat: checked where it stands; Coraza reports its errors at the next rule.
 */
export function checkDefaultActions(node: SecActionNode, report: Report): DefaultActions | undefined {
  let phase: ReturnType<typeof parsePhase>;
  let disruptive = 0;
  let ok = true;
  const fail = (action: ActionNode, message: string, hint?: string): void => {
    ok = false;
    report.error("WAF_CONFIG_DEFAULT_ACTION", message, action.span, hint);
  };
  for (const action of node.actions) {
    const definition = findAction(action.name);
    if (action.name === "phase") {
      phase = parsePhase(action.value ?? "");
      if (phase === undefined) fail(action, `"${action.value ?? ""}" is not a phase`, "expected 1 to 5");
    } else if (definition?.group === "metadata") {
      fail(action, `${action.name} belongs to a rule and cannot be a default action`);
    } else if (action.name === "t") {
      fail(action, "a default action cannot hold transformations", "write t: in each rule");
    } else if (definition?.group === "disruptive") {
      disruptive++;
      if (action.name === "block")
        fail(action, "block takes its meaning from the default action", "write deny or pass");
    }
  }
  if (phase === undefined && ok) {
    ok = false;
    report.error(
      "WAF_CONFIG_DEFAULT_ACTION",
      "SecDefaultAction needs a phase",
      node.span,
      "as in phase:2,log,auditlog,pass",
    );
  }
  if (disruptive !== 1 && ok) {
    ok = false;
    const message = `SecDefaultAction needs exactly one disruptive action, this one has ${disruptive}`;
    report.error("WAF_CONFIG_DEFAULT_ACTION", message, node.span, "as in phase:2,log,auditlog,pass");
  }
  return ok && phase !== undefined ? { phase, actions: node.actions } : undefined;
}

/**
 * The actions a rule really has: defaults of its phase first, then its own without `block`, and the default disruptive
 * action last unless the rule has one of its own (spec: seclang, 14). A rule with an empty list takes no defaults.
 */
export function mergeDefaults(
  own: readonly ActionNode[],
  defaults: readonly ActionNode[] | undefined,
): readonly ActionNode[] {
  if (own.length === 0 || defaults === undefined) return own;
  const isDisruptive = (action: ActionNode): boolean => findAction(action.name)?.group === "disruptive";
  const inherited = defaults.filter((action) => action.name !== "phase" && !isDisruptive(action));
  const hasOwn = own.some((action) => isDisruptive(action) && action.name !== "block");
  const kept = own.filter((action) => action.name !== "block");
  const last = hasOwn ? [] : defaults.filter(isDisruptive);
  return [...inherited, ...kept, ...last];
}
