import type { ActionNode, DirectiveNode, Document, Node, OperatorNode, SelectorNode, TargetNode } from "./ast.ts";
import { enclosed } from "./arguments.ts";
import { targetsEnd } from "./targets.ts";
import { isBlank, isSpace } from "./text.ts";

/**
 * SecLang text of a tree or of a part of it, one line per directive.
 *
 * Invariant: a document that was parsed without errors prints to text that parses to an equal tree, places aside.
 */
export function print(node: Document | Node): string {
  switch (node.kind) {
    case "document":
      return node.directives.map((directive) => `${printDirective(directive)}\n`).join("");
    case "target":
      return printTarget(node);
    case "operator":
      return printOperator(node);
    case "action-item":
      return printAction(node);
    case "id-range":
    case "text":
    case "regex":
      return printSelector(node);
    default:
      return printDirective(node);
  }
}

function printDirective(node: DirectiveNode): string {
  switch (node.kind) {
    case "rule": {
      const actions = node.hasActions ? ` "${printActions(node.actions)}"` : "";
      return `SecRule ${printTargets(node.targets)} "${printOperator(node.operator)}"${actions}`;
    }
    case "action":
      return `${node.name} "${printActions(node.actions)}"`;
    case "update-target":
      return `${node.name} ${printSelectors(node.selectors)} ${printUpdateTargets(node.targets, node.replacement)}`;
    case "update-action":
      return `${node.name} ${printSelectors(node.selectors)} "${printActions(node.actions)}"`;
    case "remove":
      return `${node.name} ${printRemoved(node.selectors)}`;
    case "marker":
      return `SecMarker ${endsSafely(node.label) ? node.label : `"${node.label}"`}`;
    case "dataset":
      return `SecDataset ${enclosed(node.name, 0, node.name.length) === "no" ? node.name : quote(node.name)} \`\n${node.entries.map((entry) => `${entry}\n`).join("")}\``;
    case "include":
      return `${node.name} ${printWhole(node.pattern)}`;
    case "setting":
      return node.argument === "" && endsSafely(node.name) ? node.name : `${node.name} ${printWhole(node.argument)}`;
  }
}

function printTargets(targets: readonly TargetNode[]): string {
  return targets.map(printTarget).join("|");
}

/** The targets of an update may be quoted or not; not, unless a blank, a quote or the end of the line forces it. */
function printUpdateTargets(targets: readonly TargetNode[], replacement: readonly TargetNode[] | undefined): string {
  return [targets, ...(replacement === undefined ? [] : [replacement])]
    .map((list, index, lists) => {
      const text = printTargets(list);
      const isSafe = index < lists.length - 1 || endsSafely(text);
      return isSafe && !text.includes('"') && targetsEnd(text, 0) === text.length ? text : quote(shieldEnd(text));
    })
    .join(" ");
}

function printTarget({ negated, count, variable, selector }: TargetNode): string {
  const head = `${negated ? "!" : ""}${count ? "&" : ""}${variable}`;
  if (selector === undefined) return head;
  const { kind, value } = selector;
  if (kind === "regex") return `${head}:/${value.replaceAll("/", "\\/")}/`;
  const needsQuotes = kind === "key" && !value.includes("'") && (value === "" || /[ \t|]/.test(value));
  return needsQuotes ? `${head}:'${value}'` : `${head}:${value}`;
}

function printOperator({ negated, name, implicit, argument }: OperatorNode): string {
  const head = implicit ? "" : `@${name}${argument === "" ? "" : " "}`;
  // What would read as an operator or a negation is kept a pattern by a blank in front.
  const lead = implicit && (argument.startsWith("@") || (!negated && argument.startsWith("!"))) ? " " : "";
  return shieldEnd(`${negated ? "!" : ""}${lead}${head}${argument.replaceAll('"', '\\"')}`);
}

/** A backslash at the end must not escape the quote or comma that follows: the blank behind it is trimmed again. */
function shieldEnd(text: string): string {
  let at = text.length;
  while (at > 0 && text[at - 1] === "\\") at--;
  return (text.length - at) % 2 === 1 ? `${text} ` : text;
}

function printActions(actions: readonly ActionNode[]): string {
  return actions.map(printAction).join(",");
}

function printAction({ name, value, quoted }: ActionNode): string {
  if (value === undefined) return shieldEnd(name);
  if (!quoted) return `${name}:${shieldEnd(value)}`;
  const single = `${name}:'${value}'`;
  return isOneAction(single) ? single : `${name}:"${value}"`;
}

/** Whether a text reads as one action: its single quotes expose no comma and are all closed. */
function isOneAction(text: string): boolean {
  let inQuotes = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text[at];
    if (unit === "\\") at++;
    else if (unit === "'") inQuotes = !inQuotes;
    else if (unit === "," && !inQuotes) return false;
  }
  return !inQuotes;
}

/** Selectors in front of further arguments: words where possible, because words need no escapes. */
function printSelectors(selectors: readonly SelectorNode[]): string {
  return selectors
    .map((selector) => {
      const text = printSelector(selector);
      return selector.kind === "id-range" || !/^"|[ \t]/.test(text) ? text : quote(text);
    })
    .join(" ");
}

/** Selectors that end a directive: one text runs to the end of the line, several are quoted. */
function printRemoved(selectors: readonly SelectorNode[]): string {
  if (selectors.some(({ kind }) => kind === "id-range")) return printSelectors(selectors);
  const texts = selectors.map(printSelector);
  return texts.length === 1 && !texts[0]!.startsWith('"') ? printWhole(texts[0]!) : texts.map(quote).join(" ");
}

function printSelector(selector: SelectorNode): string {
  if (selector.kind === "text") return selector.value;
  if (selector.kind === "regex") return `/${selector.pattern}/`;
  const { from, to, chainOffset } = selector;
  const range = from === to ? String(from) : `${from}-${to}`;
  return chainOffset === undefined ? range : `${range}:${chainOffset}`;
}

/** An argument that runs to the end of its directive. */
function printWhole(text: string): string {
  const isBare =
    text !== "" && !isBlank(text.charCodeAt(0)) && endsSafely(text) && enclosed(text, 0, text.length) === "no";
  return isBare ? text : quote(text);
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '\\"')}"`;
}

/** The end of a line must not be trimmed, continue the line, or open a block. */
function endsSafely(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return !isSpace(last) && last !== 0x5c && last !== 0x60;
}
