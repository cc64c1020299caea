import type { ActionNode, DirectiveNode, Document, TargetNode } from "./ast.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { Directive } from "./directive.ts";
import type { Source, TextOrigin } from "./source.ts";
import { parseActions } from "./actions.ts";
import { readDirective, reportAtName } from "./directive.ts";
import { parseRemove, parseUpdateAction, parseUpdateTarget } from "./exclusion-directives.ts";
import { readLogicalLines } from "./lexer.ts";
import { LogicalLine } from "./logical-line.ts";
import { parseDataset, parseInclude, parseMarker, parseSetting } from "./plain-directives.ts";
import { parseSecAction, parseSecRule } from "./rule-directives.ts";
import { parseTargets } from "./targets.ts";
import { quoteText } from "./text.ts";

/** A tree and everything that is wrong with the text. Directives that could not be read are missing from the tree. */
export interface ParseResult {
  readonly document: Document;
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses a source. Never throws, whatever the text. */
export function parse(source: Source): ParseResult {
  const diagnostics: Diagnostic[] = [];
  const directives: DirectiveNode[] = [];
  const containers: string[] = [];
  for (const line of readLogicalLines(source, diagnostics)) {
    const directive = readDirective(line);
    if (directive.name.startsWith("<")) reportContainer(directive, containers);
    else if (line.block !== undefined && directive.key !== "secdataset") reportBlock(directive);
    else {
      const node = parseDirective(directive);
      if (node !== undefined) directives.push(node);
    }
  }
  diagnostics.sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0));
  return { document: { kind: "document", source, directives }, diagnostics };
}

/** Parses an action list on its own. Spans count from `at` when the text stands in a source. */
export function parseActionList(
  text: string,
  at?: TextOrigin,
): { readonly actions: readonly ActionNode[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  return { actions: parseActions(LogicalLine.of(text, at, diagnostics), 0, text.length), diagnostics };
}

/** Parses a target list on its own. Spans count from `at` when the text stands in a source. */
export function parseTargetList(
  text: string,
  at?: TextOrigin,
): { readonly targets: readonly TargetNode[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  return { targets: parseTargets(LogicalLine.of(text, at, diagnostics), 0, text.length, false), diagnostics };
}

type Grammar = (directive: Directive) => DirectiveNode | undefined;

/** Directives with a grammar of their own; all others are settings, known to the engine alone. */
const grammars: ReadonlyMap<string, Grammar> = new Map<string, Grammar>([
  ["secrule", parseSecRule],
  ["secaction", (directive) => parseSecAction(directive, "SecAction")],
  ["secdefaultaction", (directive) => parseSecAction(directive, "SecDefaultAction")],
  ["secmarker", parseMarker],
  ["secdataset", parseDataset],
  ["include", (directive) => parseInclude(directive, "Include")],
  ["includeoptional", (directive) => parseInclude(directive, "IncludeOptional")],
  ["secruleremovebyid", (directive) => parseRemove(directive, "SecRuleRemoveById")],
  ["secruleremovebytag", (directive) => parseRemove(directive, "SecRuleRemoveByTag")],
  ["secruleremovebymsg", (directive) => parseRemove(directive, "SecRuleRemoveByMsg")],
  ["secruleupdatetargetbyid", (directive) => parseUpdateTarget(directive, "SecRuleUpdateTargetById")],
  ["secruleupdatetargetbytag", (directive) => parseUpdateTarget(directive, "SecRuleUpdateTargetByTag")],
  ["secruleupdatetargetbymsg", (directive) => parseUpdateTarget(directive, "SecRuleUpdateTargetByMsg")],
  ["secruleupdateactionbyid", parseUpdateAction],
]);

function parseDirective(directive: Directive): DirectiveNode | undefined {
  return (grammars.get(directive.key) ?? parseSetting)(directive);
}

/** One finding per container: a closing line is passed over when its opening one was reported. */
function reportContainer(directive: Directive, open: string[]): void {
  const element = directive.key.replace(/^<\/?/, "").replace(/>.*$/, "");
  if (directive.name.startsWith("</") && open.at(-1) === element) {
    open.pop();
    return;
  }
  if (!directive.name.startsWith("</")) open.push(element);
  const message = `Containers of the web server such as ${quoteText(directive.line.text)} are not supported here.`;
  const hint = "keep SecLang in files of its own without containers; write the rule's condition as a chain or with ctl";
  directive.line.error("SECLANG_CONTAINER", message, 0, directive.line.text.length, hint);
}

function reportBlock(directive: Directive): void {
  const message = `The directive ${quoteText(directive.name)} takes no back-tick block.`;
  reportAtName(
    directive,
    "SECLANG_BLOCK_UNEXPECTED",
    message,
    "only SecDataset is followed by a block between back-ticks",
  );
}
