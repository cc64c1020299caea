import { nearestName } from "@cuirass/seclang";
import type { Findings } from "../finding.ts";
import type { RuleModel } from "../rule-model.ts";

/** `skipAfter` without its marker, and markers of one name. */
export function checkMarkers({ chains, markers }: RuleModel, findings: Findings): void {
  const places = new Map<string, (typeof markers)[number][]>();
  for (const marker of markers) {
    const same = places.get(marker.node.label);
    if (same === undefined) {
      places.set(marker.node.label, [marker]);
      continue;
    }
    same.push(marker);
    findings.add("LINT_MARKER_SHADOWED", `there already is a marker "${marker.node.label}"`, marker.node.span, {
      hint: "skipAfter goes to the next marker of a name: give every marker its own",
      related: [{ message: "the first one", span: same[0]!.node.span }],
    });
  }
  for (const chain of chains) {
    for (const { value, span, name } of chain.links[0]!.node.actions) {
      if (name !== "skipafter" || value === undefined || value.includes("%{")) continue;
      const found = places.get(value);
      if (found === undefined) {
        const nearest = nearestName(value, [...places.keys()]);
        findings.add("LINT_MARKER_MISSING", `there is no marker "${value}": the rest of the phase is skipped`, span, {
          hint: nearest === undefined ? "add SecMarker with this name" : `did you mean ${nearest}?`,
        });
      } else if (found.every(({ at }) => at < chain.at)) {
        findings.add(
          "LINT_MARKER_BEHIND",
          `the marker "${value}" stands in front of the rule: the rest of the phase is skipped`,
          span,
          {
            related: [{ message: "the marker", span: found[0]!.node.span }],
          },
        );
      }
    }
  }
}
