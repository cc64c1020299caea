import type { SettingNode } from "@cuirass/seclang";
import { findDirective } from "@cuirass/engine/registries";
import type { Findings } from "../finding.ts";
import type { RuleModel } from "../rule-model.ts";
import { variableOf } from "./variables.ts";

/** Directives that add to what earlier ones of their name said. */
const cumulative: ReadonlySet<string> = new Set(["seccomponentsignature", "secresponsebodymimetype"]);

const requestBody: ReadonlySet<string> = new Set([
  "REQUEST_BODY",
  "ARGS_POST",
  "ARGS_POST_NAMES",
  "FILES",
  "FILES_NAMES",
  "XML",
]);
const responseBody: ReadonlySet<string> = new Set(["RESPONSE_BODY", "RESPONSE_ARGS", "RESPONSE_XML"]);

/** Directives that a later one undoes, and rules that the settings leave nothing to look at. */
export function checkSettings(model: RuleModel, findings: Findings): void {
  checkOverridden(model.settings, findings);
  const engine = lastOf(model.settings, "secruleengine");
  if (engine?.argument.toLowerCase() === "off") {
    findings.add("LINT_ENGINE_OFF", "SecRuleEngine is Off: no rule runs", engine.span, {
      hint: "write SecRuleEngine On, or DetectionOnly to log without blocking",
    });
  }
  checkBody(model, "SecRequestBodyAccess", requestBody, findings);
  checkBody(model, "SecResponseBodyAccess", responseBody, findings);
}

function lastOf(settings: readonly SettingNode[], name: string): SettingNode | undefined {
  return settings.findLast((setting) => setting.name.toLowerCase() === name);
}

/** Within one file only: that a file of one's own changes what an included one says is how configurations work. */
function checkOverridden(settings: readonly SettingNode[], findings: Findings): void {
  const seen = new Map<string, SettingNode>();
  for (const setting of settings) {
    const name = setting.name.toLowerCase();
    if (cumulative.has(name) || findDirective(name) === undefined) continue;
    const key = `${setting.span.source.name} ${name}`;
    const earlier = seen.get(key);
    seen.set(key, setting);
    if (earlier === undefined || earlier.span.source !== setting.span.source) continue;
    findings.add("LINT_SETTING_OVERRIDDEN", `${earlier.name} has no effect: the file sets it again`, earlier.span, {
      hint: "keep the one that is meant",
      related: [{ message: "counts", span: setting.span }],
      fix: { span: earlier.span, text: "" },
    });
  }
}

function checkBody(
  { chains, settings }: RuleModel,
  name: string,
  variables: ReadonlySet<string>,
  findings: Findings,
): void {
  const setting = lastOf(settings, name.toLowerCase());
  if (setting?.argument.toLowerCase() !== "off") return;
  for (const { links } of chains) {
    for (const { node } of links) {
      if (node.kind !== "rule") continue;
      const target = node.targets.find(
        ({ variable, negated }) => !negated && variables.has(variableOf(variable)?.name ?? ""),
      );
      if (target === undefined) continue;
      // Once: every rule about bodies is as blind as the first.
      return findings.add("LINT_BODY_NOT_READ", `${target.variable} stays empty: ${name} is Off`, target.span, {
        hint: `write ${name} On, or leave rules about the body out`,
        related: [{ message: "switched off here", span: setting.span }],
      });
    }
  }
}
