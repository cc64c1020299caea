import type { ActionNode, Diagnostic, DirectiveNode, Document, SecActionNode, SecRuleNode } from "@cuirass/seclang";
import { createSource, parse, print } from "@cuirass/seclang";
import { findDirective } from "@cuirass/engine/registries";

const WIDTH = 100;
const INDENT = "    ";

/** The text in its usual form, or the reasons why it was left alone. */
export interface FormatResult {
  readonly text: string;
  readonly changed: boolean;
  /** Errors of the text; it is returned as it is then. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * SecLang in the form the Core Rule Set uses: one action a line, transformations together, chained rules indented, comments
 * kept, at most one empty line. Names of directives get their usual spelling; nothing is put in another order.
 *
 * Invariant: the result parses to the same tree, and formatting it again changes nothing.
 */
export function formatSource(name: string, text: string): FormatResult {
  const { document, diagnostics } = parse(createSource(name, text));
  if (diagnostics.some(({ severity }) => severity === "error")) return { text, changed: false, diagnostics };
  const formatted = formatDocument(document);
  const again = parse(createSource(name, formatted)).document;
  if (canonical(again) !== canonical(document)) {
    throw new Error(`${name}: formatting would change what the rules mean; please report the file`);
  }
  return { text: formatted, changed: formatted !== text, diagnostics: [] };
}

function formatDocument({ source, directives }: Document): string {
  let out = "";
  let at = 0;
  let level = 0;
  for (const node of directives) {
    const indent = INDENT.repeat(level);
    out += formatGap(source.text.slice(at, node.span.start), indent, out === "");
    out += formatDirective(node, indent);
    at = node.span.end;
    level = isOpenChain(node) ? level + 1 : 0;
  }
  out += formatGap(source.text.slice(at), "", out === "").trimEnd();
  return out === "" ? "" : `${out}\n`;
}

/** Comments and empty lines between two directives. */
function formatGap(gap: string, indent: string, first: boolean): string {
  const lines: string[] = [];
  // The rest of the directive's last line is its line break; the begin of the next one's line is its indentation.
  for (const line of gap.split("\n").slice(first ? 0 : 1, -1)) {
    const comment = line.trim();
    if (comment === "") {
      if (lines.length > 0 ? lines.at(-1) !== "" : !first) lines.push("");
      continue;
    }
    // A comment that ends in a backslash and a blank would swallow the next line without the blank.
    lines.push(
      comment.endsWith("\\") && line.trimEnd() !== line.replace(/\r$/, "")
        ? `${indent}${line.trimStart()}`
        : `${indent}${comment}`,
    );
  }
  const head = first ? "" : "\n";
  const last = gap.split("\n").at(-1)!.trim();
  return head + lines.map((line) => `${line}\n`).join("") + (last === "" ? "" : `${indent}${last}`);
}

function formatDirective(node: DirectiveNode, indent: string): string {
  if (node.kind === "rule" || node.kind === "action") return formatRule(node, indent);
  if (node.kind === "setting") return indent + print({ ...node, name: findDirective(node.name)?.name ?? node.name });
  return indent + print(node).trimEnd();
}

function formatRule(node: SecRuleNode | SecActionNode, indent: string): string {
  const oneLine = indent + print(node);
  if (oneLine.length <= WIDTH) return oneLine;
  const head = node.kind === "rule" ? ruleHead(node, indent) : indent + node.name;
  if (node.kind === "rule" && !node.hasActions) return head;
  const inner = indent + INDENT;
  const lines = groups(node.actions).map((group) => group.map((action) => print(action)).join(","));
  return `${head} \\\n${inner}"${lines.join(`,\\\n${inner}`)}"`;
}

function ruleHead(node: SecRuleNode, indent: string): string {
  const targets = node.targets.map((target) => print(target)).join("|");
  const operator = `"${print(node.operator)}"`;
  const together = `${indent}SecRule ${targets} ${operator}`;
  return together.length <= WIDTH + 20 ? together : `${indent}SecRule ${targets} \\\n${indent}${INDENT}${operator}`;
}

/** Transformations that follow each other share a line. */
function groups(actions: readonly ActionNode[]): ActionNode[][] {
  const result: ActionNode[][] = [];
  for (const action of actions) {
    const last = result.at(-1);
    if (action.name === "t" && last?.[0]?.name === "t") last.push(action);
    else result.push([action]);
  }
  return result;
}

function isOpenChain(node: DirectiveNode): boolean {
  if (node.kind !== "rule" && node.kind !== "action") return false;
  return node.actions.some(({ name }) => name === "chain");
}

function canonical(document: Document): string {
  const directives = document.directives.map((node) =>
    node.kind === "setting" ? { ...node, name: node.name.toLowerCase() } : node,
  );
  return print({ ...document, directives });
}
