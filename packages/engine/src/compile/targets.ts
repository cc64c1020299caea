import type { TargetNode } from "@cuirass/seclang";
import { nearestName } from "@cuirass/seclang";
import type { CompiledTarget } from "./ruleset.ts";
import type { Report } from "./report.ts";
import type { TargetExclusion } from "../control.ts";
import type { ViewRegistry } from "./views.ts";
import { isSupportedXPath } from "../body/xpath.ts";
import type { SharedParts } from "./shared-parts.ts";
import { SelectorError } from "./selector.ts";
import { txNumber } from "../variables/tx-variables.ts";
import { variableId, variableTable } from "../variables/variable-table.ts";

/**
 * Compiles a rule's targets. `!X:key` belongs to the targets of the same variable that stand before it; exclusions of
 * SecRuleUpdateTarget* belong to all of them (spec: seclang, 4).
 */
export function compileTargets(
  nodes: readonly TargetNode[],
  updates: readonly TargetNode[],
  { views, parts }: { readonly views: ViewRegistry; readonly parts: SharedParts },
  report: Report,
): CompiledTarget[] {
  const targets: (Omit<CompiledTarget, "view"> & { view: number })[] = [];
  const exclusions: TargetExclusion[][] = [];
  const exclude = (node: TargetNode): void => {
    const exclusion = compileTarget(node, parts, report);
    if (exclusion === undefined) return;
    targets.forEach(({ variable }, index) => {
      if (variable === exclusion.variable) exclusions[index]!.push(exclusion);
    });
  };
  for (const node of nodes) {
    if (node.negated) {
      exclude(node);
      continue;
    }
    const compiled = compileTarget(node, parts, report);
    if (compiled === undefined) continue;
    const { variable, name, of, selector } = compiled;
    const { count } = node;
    const tx = name === "TX" && selector?.kind === "key" ? txNumber(selector.key) : -1;
    const excluded: TargetExclusion[] = [];
    exclusions.push(excluded);
    targets.push({ variable, name, of, selector, count, view: -1, tx, exclusions: excluded });
  }
  for (const node of updates) exclude(node);
  // What a target means is known once all its exclusions are.
  for (const target of targets) {
    if (!target.count) target.view = views.numberOf(target.variable, target.selector, target.exclusions);
  }
  return targets;
}

function compileTarget(
  node: TargetNode,
  parts: SharedParts,
  report: Report,
): Omit<CompiledTarget, "count" | "exclusions" | "view" | "tx"> | undefined {
  const variable = variableId(node.variable);
  if (variable === undefined) {
    const nearest = nearestName(
      node.variable.toUpperCase(),
      variableTable.map((definition) => definition.name),
    );
    const hint = nearest === undefined ? undefined : `did you mean ${nearest}?`;
    report.error("WAF_CONFIG_VARIABLE_UNKNOWN", `unknown variable "${node.variable}"`, node.variableSpan, hint);
    return undefined;
  }
  const definition = variableTable[variable]!;
  if (node.selector !== undefined && !definition.selectable) {
    const message = `${definition.name} is a single value and takes no key`;
    report.error("WAF_CONFIG_VARIABLE_KEY", message, node.selector.span, `write ${definition.name} alone`);
    return undefined;
  }
  if (node.selector?.kind === "path" && definition.name === "XML" && !isSupportedXPath(node.selector.value)) {
    const message = `the XPath "${node.selector.value}" is not supported`;
    const hint = "use absolute paths of names, *, @name, @* and text(), as in XML:/order/item or XML://@id";
    report.error("WAF_CONFIG_XPATH", message, node.selector.span, hint);
    return undefined;
  }
  try {
    const selector = node.selector === undefined ? undefined : parts.selector(node.selector);
    const name = definition.name === "XML" ? "REQUEST_XML" : definition.name;
    return { variable, name, of: definition.of, selector };
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
    report.error("WAF_CONFIG_SELECTOR", error.message, node.selector?.span, error.hint);
    return undefined;
  }
}
