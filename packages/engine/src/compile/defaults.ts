import type { ActionNode, SecActionNode } from "@cuirass/seclang";
import type { DefaultActions } from "./draft.ts";
import type { Report } from "./report.ts";
import { parseActionList } from "@cuirass/seclang";
import { findAction } from "../actions/index.ts";
import { parsePhase } from "../actions/phase.ts";
import { Phase } from "../phase.ts";

/** What phase-2 rules start from when no SecDefaultAction was given; other phases start from nothing (spec: seclang, 14). */
export function builtInDefaults(): DefaultActions {
  return defaultsOf(Phase.RequestBody, parseActionList("log,auditlog,pass").actions);
}

function defaultsOf(phase: Phase, actions: readonly ActionNode[]): DefaultActions {
  return {
    phase,
    inherited: actions.filter((action) => action.name !== "phase" && !isDisruptive(action)),
    disruptive: actions.filter(isDisruptive),
  };
}

function isDisruptive(action: ActionNode): boolean {
  return findAction(action.name)?.group === "disruptive";
}

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
  return ok && phase !== undefined ? defaultsOf(phase, node.actions) : undefined;
}

/**
 * The actions a rule really has: defaults of its phase first, then its own without `block`, and the default disruptive
 * action last unless the rule has one of its own (spec: seclang, 14). A rule with an empty list takes no defaults.
 */
export function mergeDefaults(own: readonly ActionNode[], defaults: DefaultActions | undefined): readonly ActionNode[] {
  if (own.length === 0 || defaults === undefined) return own;
  const merged = [...defaults.inherited];
  let hasOwn = false;
  for (const action of own) {
    if (action.name === "block") continue;
    hasOwn ||= isDisruptive(action);
    merged.push(action);
  }
  if (!hasOwn) merged.push(...defaults.disruptive);
  return merged;
}
