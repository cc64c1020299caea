import type { Directive } from "./directive.ts";
import type { LogicalLine } from "./logical-line.ts";
import type { ActionNode, SecActionNode, SecRuleNode } from "./ast.ts";
import { parseActions } from "./actions.ts";
import { readArgument } from "./arguments.ts";
import { reportAtName } from "./directive.ts";
import { parseOperator } from "./operator.ts";
import { parseTargets, targetsEnd } from "./targets.ts";
import { quoteText, skipBlanks, skipWord, trimEnd } from "./text.ts";

const RULE_EXAMPLE = 'expected the form SecRule ARGS "@rx attack" "id:1,phase:2,deny"';

/** `SecRule TARGETS "OPERATOR" ["ACTIONS"]` (spec: seclang, 3). */
export function parseSecRule(directive: Directive): SecRuleNode | undefined {
  const { line, span } = directive;
  const { text } = line;
  const start = skipBlanks(text, directive.nameEnd);
  if (start === text.length) {
    reportAtName(directive, "SECLANG_ARGUMENT_MISSING", "The SecRule has no targets.", RULE_EXAMPLE);
    return undefined;
  }
  if (text[start] === '"') {
    const end = skipWord(text, start);
    const message = `The targets at ${quoteText(text.slice(start + 1, end).replace(/"$/, ""))} are in quotes.`;
    line.error(
      "SECLANG_TARGETS_QUOTED",
      message,
      start,
      end,
      "write the targets without quotes, as in ARGS|REQUEST_HEADERS",
    );
    return undefined;
  }
  const end = targetsEnd(text, start);
  const targets = parseTargets(line, start, end, false);
  // Reported: a quote in the targets is a blank that was forgotten, and nothing behind it is where it should be.
  if (text.slice(start, end).includes('"')) return undefined;
  const operatorAt = skipBlanks(text, end);
  if (operatorAt === text.length) {
    reportAtName(directive, "SECLANG_ARGUMENT_MISSING", "The SecRule has no operator.", RULE_EXAMPLE);
    return undefined;
  }
  if (text[operatorAt] !== '"') {
    const word = text.slice(operatorAt, skipWord(text, operatorAt));
    const message = `The operator at ${quoteText(word)} is not in double quotes.`;
    line.error("SECLANG_OPERATOR_UNQUOTED", message, operatorAt, operatorAt + word.length, quoteHint(word));
    return undefined;
  }
  const quotedOperator = readArgument(line, operatorAt)!;
  const operator = parseOperator(line, quotedOperator);
  const actionsAt = skipBlanks(text, quotedOperator.next);
  // Reported: a word that begins right behind the operator's quote.
  if (actionsAt === quotedOperator.next && actionsAt < text.length && text[actionsAt] !== '"') return undefined;
  const actions = actionsAt < text.length ? parseQuotedActions(line, actionsAt) : { nodes: [], empty: true };
  return {
    kind: "rule",
    name: "SecRule",
    targets,
    operator,
    actions: actions.nodes,
    hasActions: !actions.empty,
    raw: text,
    lastLine: line.lastLine,
    span,
  };
}

/** `SecAction "ACTIONS"` and `SecDefaultAction "ACTIONS"`; the quotes may be left away. */
export function parseSecAction(directive: Directive, name: SecActionNode["name"]): SecActionNode | undefined {
  const { line, span } = directive;
  const { nodes, empty } = parseActionsArgument(line, directive.nameEnd);
  if (empty) {
    const hint = `expected the form ${name} "phase:2,log,pass"`;
    reportAtName(directive, "SECLANG_ARGUMENT_MISSING", `The ${name} has no actions.`, hint);
    return undefined;
  }
  return { kind: "action", name, actions: nodes, raw: line.text, lastLine: line.lastLine, span };
}

interface ActionList {
  readonly nodes: readonly ActionNode[];
  /** Nothing but blanks is written. */
  readonly empty: boolean;
}

/** Actions from `from` to the end of the directive, in double quotes or not. */
export function parseActionsArgument(line: LogicalLine, from: number): ActionList {
  const { text } = line;
  const start = skipBlanks(text, from);
  if (text[start] === '"') return parseQuotedActions(line, start);
  return { nodes: parseActions(line, start, text.length), empty: start === text.length };
}

/** Actions in double quotes run to the end of the directive: quotes in between belong to them. */
function parseQuotedActions(line: LogicalLine, start: number): ActionList {
  const { text } = line;
  const end = trimEnd(text, start, text.length);
  if (text[start] !== '"') {
    const word = text.slice(start, skipWord(text, start));
    const message = `The actions at ${quoteText(word)} are not in double quotes.`;
    line.error("SECLANG_ACTIONS_UNQUOTED", message, start, start + word.length, quoteHint(word));
    return { nodes: [], empty: false };
  }
  if (end - start < 2 || text[end - 1] !== '"') {
    const message = `The actions ${quoteText(text.slice(start + 1, end))} are not closed by a quote at the end of the directive.`;
    line.error("SECLANG_QUOTE_OPEN", message, start, start + 1, 'expected a closing " and nothing after it');
    return { nodes: [], empty: false };
  }
  return { nodes: parseActions(line, start + 1, end - 1), empty: skipBlanks(text, start + 1, end - 1) === end - 1 };
}

/** Text copied from a web page often has the quotes of typesetters. */
function quoteHint(word: string): string {
  return word.startsWith("\xe2\x80\x9c") || word.startsWith("\xe2\x80\x9d")
    ? 'replace the typographic quotes by "'
    : RULE_EXAMPLE;
}
