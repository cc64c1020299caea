import type { Directive } from "./directive.ts";
import type { LogicalLine } from "./logical-line.ts";
import type { RemoveNode, SelectorNode, TargetNode, UpdateActionNode, UpdateTargetNode } from "./ast.ts";
import { argumentText, readArgument, readWhole } from "./arguments.ts";
import { reportAtName } from "./directive.ts";
import { parseActionsArgument } from "./rule-directives.ts";
import { parseIdSelectors, readIdSelectors, textSelector } from "./selectors.ts";
import { parseTargets, targetsEnd } from "./targets.ts";
import { quoteText, skipBlanks } from "./text.ts";

/** `SecRuleRemoveById IDS`, `SecRuleRemoveByTag TAG`, `SecRuleRemoveByMsg MSG`. */
export function parseRemove(directive: Directive, name: RemoveNode["name"]): RemoveNode | undefined {
  const { line, span } = directive;
  const before = line.diagnostics.length;
  const selectors = name === "SecRuleRemoveById" ? removedIds(directive) : removedTexts(directive);
  if (selectors.length > 0) return { kind: "remove", name, selectors, span };
  if (line.diagnostics.length === before) {
    const hint = `expected the form ${name} ${name === "SecRuleRemoveById" ? "942100 942200-942299" : '"text"'}`;
    reportAtName(directive, "SECLANG_ARGUMENT_MISSING", `The ${name} names no rule.`, hint);
  }
  return undefined;
}

function removedIds({ line, nameEnd }: Directive): SelectorNode[] {
  const selectors: SelectorNode[] = [];
  for (
    let argument = readArgument(line, nameEnd);
    argument !== undefined;
    argument = readArgument(line, argument.next)
  ) {
    parseIdSelectors(line, argument, false, selectors);
  }
  return selectors;
}

/** One text, which needs no quotes whatever blanks it has; or several, each in quotes. */
function removedTexts({ line, nameEnd }: Directive): SelectorNode[] {
  const whole = readWhole(line, nameEnd);
  if (whole.quoted || line.text[whole.start] !== '"') {
    return whole.start === whole.end ? [] : [textSelector(line, whole)];
  }
  const selectors: SelectorNode[] = [];
  for (
    let argument = readArgument(line, nameEnd);
    argument !== undefined;
    argument = readArgument(line, argument.next)
  ) {
    if (!argument.quoted) {
      const message = `The text ${quoteText(line.text.slice(argument.start, argument.end))} follows a quoted one and is not quoted.`;
      line.error("SECLANG_EXTRA_TEXT", message, argument.start, argument.end, "put each text in double quotes");
    } else if (argument.start < argument.end) selectors.push(textSelector(line, argument));
  }
  return selectors;
}

/** `SecRuleUpdateTargetBy* SELECTORS TARGETS [REPLACED-TARGETS]`. */
export function parseUpdateTarget(directive: Directive, name: UpdateTargetNode["name"]): UpdateTargetNode | undefined {
  const { line, nameEnd, span } = directive;
  const before = line.diagnostics.length;
  const { selectors, next } =
    name === "SecRuleUpdateTargetById" ? readIdSelectors(line, nameEnd) : readTextSelector(line, nameEnd);
  const targets = readTargets(line, next);
  if (targets === undefined || selectors.length === 0) {
    if (line.diagnostics.length === before) {
      const selector = name === "SecRuleUpdateTargetById" ? "942100" : '"text"';
      const message = `The ${name} ${selectors.length === 0 ? "names no rule" : "has no targets"}.`;
      reportAtName(
        directive,
        "SECLANG_ARGUMENT_MISSING",
        message,
        `expected the form ${name} ${selector} "!ARGS:token"`,
      );
    }
    return undefined;
  }
  const replacement = readTargets(line, targets.next);
  const rest = skipBlanks(line.text, replacement?.next ?? targets.next);
  if (rest < line.text.length) {
    const message = `The text ${quoteText(line.text.slice(rest))} follows the last argument of ${name}.`;
    line.error(
      "SECLANG_EXTRA_TEXT",
      message,
      rest,
      line.text.length,
      "put a tag or message that has blanks in double quotes",
    );
  }
  const negated = replacement?.nodes.find((target) => target.negated);
  if (negated !== undefined) {
    // Usually a tag with blanks and without quotes, which makes its second word the targets.
    const message = `The third argument of ${name} lists targets to replace and cannot hold an exclusion.`;
    const hint = "put a tag or message that has blanks in double quotes, and all targets into one argument";
    line.error("SECLANG_EXTRA_TEXT", message, skipBlanks(line.text, targets.next), replacement!.next, hint);
  }
  const base = { kind: "update-target", name, selectors, targets: targets.nodes, span } as const;
  return replacement === undefined ? base : { ...base, replacement: replacement.nodes };
}

/** `SecRuleUpdateActionById IDS ACTIONS`. Compat: blanks inside the list are fine (gaps A14). */
export function parseUpdateAction(directive: Directive): UpdateActionNode | undefined {
  const { line, nameEnd, span } = directive;
  const name = "SecRuleUpdateActionById";
  const before = line.diagnostics.length;
  const { selectors, next } = readIdSelectors(line, nameEnd);
  const { nodes, empty } = parseActionsArgument(line, next);
  if (empty || selectors.length === 0) {
    if (line.diagnostics.length === before) {
      const message = `The ${name} ${selectors.length === 0 ? "names no rule" : "has no actions"}.`;
      reportAtName(directive, "SECLANG_ARGUMENT_MISSING", message, `expected the form ${name} 942100 "pass,log"`);
    }
    return undefined;
  }
  return { kind: "update-action", name, selectors, actions: nodes, span };
}

/** A tag or message: one argument. Compat: it may hold blanks when quoted (gaps A13). */
function readTextSelector(
  line: LogicalLine,
  from: number,
): { readonly selectors: SelectorNode[]; readonly next: number } {
  const argument = readArgument(line, from);
  if (argument === undefined) return { selectors: [], next: line.text.length };
  const selectors = argumentText(line, argument) === "" ? [] : [textSelector(line, argument)];
  return { selectors, next: argument.next };
}

function readTargets(
  line: LogicalLine,
  from: number,
): { readonly nodes: TargetNode[]; readonly next: number } | undefined {
  const start = skipBlanks(line.text, from);
  if (start === line.text.length) return undefined;
  if (line.text[start] === '"') {
    const argument = readArgument(line, start)!;
    return { nodes: parseTargets(line, argument.start, argument.end, true), next: argument.next };
  }
  const next = targetsEnd(line.text, start);
  return { nodes: parseTargets(line, start, next, false), next };
}
