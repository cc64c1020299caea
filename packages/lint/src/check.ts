import type { DirectiveNode, Span } from "@cuirass/seclang";
import type { WafConfig, WafConfigError } from "@cuirass/engine";
import { createWaf, isWafError, readConfiguration } from "@cuirass/engine";
import type { Finding } from "./finding.ts";
import { lint } from "./lint.ts";

/** What a check found. */
export interface CheckResult {
  /** Top-level rules; 0 when the configuration cannot be used. */
  readonly ruleCount: number;
  /** In the order of the files, and by place in each. */
  readonly findings: readonly Finding[];
  readonly directives: readonly DirectiveNode[];
}

/** Checks a configuration as `createWaf` would read it, and looks for rules that cannot do what they are there for. */
export function checkConfiguration(config: Pick<WafConfig, "directives" | "host" | "plugins">): CheckResult {
  const sources = (Array.isArray(config.directives) ? config.directives : [config.directives]) as string[];
  const { directives } = readConfiguration(sources, config.host?.fileSystem);
  const { diagnostics, ruleCount } = compile(config);
  const own = lint(directives);
  const explained = new Set(own.filter(({ code }) => code === "LINT_PATTERN_NOT_LINEAR").map(placeOf));
  const badIds = diagnostics.filter(
    ({ code, message }) => code === "WAF_CONFIG_ACTION_ARGUMENT" && message.startsWith("id: "),
  );
  const kept = diagnostics.filter((finding) => {
    if (finding.code === "WAF_CONFIG_OPERATOR_ARGUMENT") return !explained.has(placeOf(finding));
    // An id that is no number is reported; that the rule has none follows from it.
    return finding.code !== "WAF_CONFIG_RULE_ID_MISSING" || !badIds.some(({ span }) => isInside(span, finding.span));
  });
  const findings = withoutConsequences([...kept.map(withFix), ...own], directives);
  return { ruleCount, findings: inOrder(findings, directives), directives };
}

function compile(config: Pick<WafConfig, "directives" | "host" | "plugins">): {
  readonly diagnostics: readonly Finding[];
  readonly ruleCount: number;
} {
  try {
    const { diagnostics, ruleCount } = createWaf(config);
    return { diagnostics, ruleCount };
  } catch (error) {
    if (!isWafError(error) || error.code !== "WAF_CONFIG_INVALID") throw error;
    return { diagnostics: (error as WafConfigError).diagnostics, ruleCount: 0 };
  }
}

/** A directive that could not be read as it was meant is reported for that alone. */
function withoutConsequences(findings: readonly Finding[], directives: readonly DirectiveNode[]): Finding[] {
  const misread = findings.filter(({ code, severity }) => code.startsWith("SECLANG_") && severity === "error");
  const spans = directives
    .map(({ span }) => span)
    .filter((span) => misread.some((finding) => finding.span !== undefined && isWithin(finding.span, span)));
  return findings.filter(
    ({ code, span }) =>
      code.startsWith("SECLANG_") || span === undefined || !spans.some((outer) => isWithin(span, outer)),
  );
}

function isInside(inner: Span | undefined, outer: Span | undefined): boolean {
  return inner !== undefined && outer !== undefined && isWithin(inner, outer);
}

function isWithin(inner: Span, outer: Span): boolean {
  return inner.source.name === outer.source.name && inner.start >= outer.start && inner.start <= outer.end;
}

function placeOf({ span }: Finding): string {
  return span === undefined ? "" : `${span.source.name}:${span.start}`;
}

function inOrder(findings: readonly Finding[], directives: readonly DirectiveNode[]): Finding[] {
  const order = new Map<string, number>();
  for (const { span } of directives) if (!order.has(span.source.name)) order.set(span.source.name, order.size);
  const rank = ({ span }: Finding): number => (span === undefined ? -1 : (order.get(span.source.name) ?? order.size));
  return findings.toSorted((a, b) => rank(a) - rank(b) || (a.span?.start ?? 0) - (b.span?.start ?? 0));
}

/** Mechanical changes for what the parser and the compiler report. */
function withFix(finding: Finding): Finding {
  const { code, span, message } = finding;
  if (span === undefined) return finding;
  const text = span.source.text.slice(span.start, span.end);
  switch (code) {
    case "WAF_CONFIG_DIRECTIVE":
      return / has no effect: /.test(message) && finding.hint === "the line can be deleted"
        ? { ...finding, fix: { span, text: "" } }
        : finding;
    case "SECLANG_TARGETS_QUOTED":
      return /^"[^"]*"$/.test(text) ? { ...finding, fix: { span, text: text.slice(1, -1) } } : finding;
    case "SECLANG_TARGET_COMMA":
      return text === "," ? { ...finding, fix: { span, text: "|" } } : finding;
    default:
      return finding;
  }
}
