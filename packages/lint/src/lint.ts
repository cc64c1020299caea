import type { DirectiveNode } from "@cuirass/seclang";
import type { Finding } from "./finding.ts";
import { checkActions } from "./checks/actions.ts";
import { checkChains } from "./checks/chains.ts";
import { checkCollections } from "./checks/collections.ts";
import { checkExclusions } from "./checks/exclusions.ts";
import { checkMarkers } from "./checks/markers.ts";
import { checkNeverMatches } from "./checks/never-matches.ts";
import { checkPatterns } from "./checks/patterns.ts";
import { checkRepeated } from "./checks/repeated.ts";
import { checkSettings } from "./checks/settings.ts";
import { checkTransformations } from "./checks/transformations.ts";
import { checkTxVariables } from "./checks/tx-variables.ts";
import { checkUnreachable } from "./checks/unreachable.ts";
import { checkVariables } from "./checks/variables.ts";
import { Findings } from "./finding.ts";
import { buildModel } from "./rule-model.ts";

const checks = [
  checkVariables,
  checkChains,
  checkNeverMatches,
  checkPatterns,
  checkTransformations,
  checkMarkers,
  checkUnreachable,
  checkExclusions,
  checkSettings,
  checkActions,
  checkTxVariables,
  checkCollections,
  checkRepeated,
];

/**
 * What is wrong with a configuration although every directive can be read: rules that cannot match or are never reached,
 * exclusions of nothing, and the like. `directives` are those of the whole configuration in order, includes resolved.
 */
export function lint(directives: readonly DirectiveNode[]): Finding[] {
  const model = buildModel(directives);
  const findings = new Findings();
  for (const check of checks) check(model, findings);
  return findings.list;
}
