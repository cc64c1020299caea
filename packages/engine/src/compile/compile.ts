import type { Diagnostic } from "@cuirass/seclang";
import { PrefilterBuilder } from "@cuirass/regex";
import type { CompiledRule, CompiledRuleset } from "./ruleset.ts";
import type { ConfigSource } from "./load.ts";
import type { Host } from "../host.ts";
import type { PendingRule } from "./draft.ts";
import type { Registry } from "../registry.ts";
import type { RuleMetadata } from "../matched-rule.ts";
import type { WafSettings } from "../settings.ts";
import { defaultSettings } from "../settings.ts";
import { CheapTests } from "./cheap-test.ts";
import { collectDirectives } from "./collect.ts";
import { builtInDefaults } from "./defaults.ts";
import { applyExclusions } from "./exclusions.ts";
import { loadDirectives } from "./load.ts";
import { PipelineBuilder } from "./pipelines.ts";
import { Report } from "./report.ts";
import { compileRule } from "./rule.ts";
import { RuleIndex } from "./rule-index.ts";
import { validateSettings } from "./validate-settings.ts";
import { SharedParts } from "./shared-parts.ts";
import { ViewRegistry } from "./views.ts";

/** What `compile` needs besides the text. */
export interface CompileOptions {
  readonly host: Host;
  readonly registry: Registry;
  readonly auditWriters: readonly string[];
  /** Applied after all directives. */
  readonly overrides: (settings: WafSettings) => void;
  /** Called for each top-level rule in order, as it was written, before exclusions change it. */
  readonly onRule: ((rule: RuleMetadata) => void) | undefined;
  /** Rules whose parts may be used again. */
  readonly shareWith: CompiledRuleset | undefined;
}

/** A rule set, or the reasons why there is none. */
export interface CompileResult {
  readonly ruleset: CompiledRuleset | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Text to rule set: load, collect, exclude, compile, index. Every pass reports all it finds. Stops after each file, rule
 * and index, so that a host with traffic to serve can do that in between.
 */
export function* compileConfiguration(
  sources: readonly ConfigSource[],
  options: CompileOptions,
): Generator<undefined, CompileResult, undefined> {
  const report = new Report();
  const settings = defaultSettings();
  const before = options.shareWith?.parts.isMostlyUsed(options.shareWith.prefilters) ? options.shareWith : undefined;
  const parts = new SharedParts(before?.parts);
  const { host, registry, auditWriters } = options;
  const auditFormats = registry.auditFormatNames();

  const directives = yield* loadDirectives(sources, host, parts, report);
  const collected = collectDirectives(directives, { settings, host, auditFormats, auditWriters }, report);
  options.overrides(settings);
  validateSettings(settings, host.auditSink, report);

  const defaultActions = builtInDefaults();
  const pipelines = new PipelineBuilder(settings, before?.transformations);
  const prefilters = {
    request: new PrefilterBuilder(before?.prefilters.request),
    response: new PrefilterBuilder(before?.prefilters.response),
  };
  const views = new ViewRegistry();
  const cheapTests = new CheapTests();
  const context = { settings, host, registry, pipelines, prefilters, views, cheapTests, parts, defaultActions };
  if (options.onRule !== undefined) {
    for (const rule of collected.rules) {
      yield;
      options.onRule(compileRule(rule, 0, context, new Report()).metadata);
    }
  }
  applyExclusions(collected.rules, collected.exclusions, report);
  const kept = collected.rules.filter((rule) => !rule.removed);
  reportDuplicateIds(kept, report);

  const rules: CompiledRule[] = [];
  for (const pending of kept) {
    yield;
    const own = new Report();
    const rule = compileRule(pending, rules.length, context, own);
    if (own.hasErrors && pending.position.ignoreErrors && pending.kind === "rule") {
      for (const diagnostic of own.diagnostics) report.diagnostics.push({ ...diagnostic, severity: "warning" });
      continue;
    }
    report.diagnostics.push(...own.diagnostics);
    rules.push(rule);
  }
  if (report.hasErrors) return { ruleset: undefined, diagnostics: report.diagnostics };
  const flags = pipelines.byteFlags();
  const request = prefilters.request.build(flags);
  yield;
  const built = { request, response: prefilters.response.build(flags) };
  yield;
  return {
    ruleset: new RuleIndex({
      settings,
      rules,
      pipelines: pipelines.pipelines,
      transformations: pipelines.transformations,
      views: views.views,
      prefilters: built,
      parts: parts.complete(),
    }),
    diagnostics: report.diagnostics,
  };
}

function reportDuplicateIds(rules: readonly PendingRule[], report: Report): void {
  const first = new Map<number, PendingRule>();
  for (const rule of rules) {
    const { id } = rule.head;
    if (id === 0) continue;
    const known = first.get(id);
    if (known === undefined) first.set(id, rule);
    else {
      const related = [{ message: "first used here", span: known.span }];
      report.error("WAF_CONFIG_RULE_ID_DUPLICATE", `duplicated rule id ${id}`, rule.span, undefined, related);
    }
  }
}
