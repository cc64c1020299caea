import type { ActionNode, DirectiveNode, Document, OperatorNode, SelectorNode, TargetNode } from "./ast.ts";

/** SecLang text of a tree; parsing it again gives an equal tree, places aside. */
export function print(document: Document): string {
  return document.directives.map((directive) => `${printDirective(directive)}\n`).join("");
}

/** SecLang text of one directive, on one line unless it has a block. */
export function printDirective(node: DirectiveNode): string {
  switch (node.kind) {
    case "rule": {
      const actions = node.actions.length === 0 ? "" : ` "${printActions(node.actions)}"`;
      return `SecRule ${printTargets(node.targets)} "${printOperator(node.operator)}"${actions}`;
    }
    case "action":
      return `${node.name} "${printActions(node.actions)}"`;
    case "update-target": {
      const replaced = node.replacement === undefined ? "" : ` "${printTargets(node.replacement)}"`;
      return `${node.name} ${printSelectors(node.selectors)} "${printTargets(node.targets)}"${replaced}`;
    }
    case "update-action":
      return `${node.name} ${printSelectors(node.selectors)} "${printActions(node.actions)}"`;
    case "remove":
      return `${node.name} ${printSelectors(node.selectors)}`;
    case "marker":
      return `SecMarker "${node.label}"`;
    case "dataset":
      return `SecDataset ${node.name} \`\n${node.entries.join("\n")}\n\``;
    case "include":
      return `${node.name} ${node.pattern}`;
    case "setting":
      return node.argument === "" ? node.name : `${node.name} "${node.argument}"`;
  }
}

/** Targets joined by bars. */
export function printTargets(targets: readonly TargetNode[]): string {
  return targets.map(printTarget).join("|");
}

function printTarget(target: TargetNode): string {
  const head = `${target.negated ? "!" : ""}${target.count ? "&" : ""}${target.variable}`;
  const { selector } = target;
  if (selector === undefined) return head;
  if (selector.kind === "regex") return `${head}:/${selector.value.replaceAll("/", "\\/")}/`;
  return /[\s|]/.test(selector.value) ? `${head}:'${selector.value}'` : `${head}:${selector.value}`;
}

function printOperator({ negated, name, implicit, argument }: OperatorNode): string {
  const escaped = argument.replaceAll('"', '\\"');
  return `${negated ? "!" : ""}${implicit ? "" : `@${name}${argument === "" ? "" : " "}`}${escaped}`;
}

function printActions(actions: readonly ActionNode[]): string {
  return actions
    .map(({ name, value, quoted }) => (value === undefined ? name : `${name}:${quoted ? `'${value}'` : value}`))
    .join(",");
}

function printSelectors(selectors: readonly SelectorNode[]): string {
  return selectors.map(printSelector).join(" ");
}

function printSelector(selector: SelectorNode): string {
  if (selector.kind === "text") return `"${selector.value}"`;
  if (selector.kind === "regex") return `"/${selector.pattern}/"`;
  const range = selector.from === selector.to ? String(selector.from) : `${selector.from}-${selector.to}`;
  return selector.chainOffset === undefined ? range : `${range}:${selector.chainOffset}`;
}
