import type { ActionNode, DirectiveNode, Document, SelectorNode, TargetNode } from "./ast.ts";
import type { Argument } from "./quoted.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { Source } from "./source.ts";
import { parseActions } from "./actions.ts";
import { readLogicalLines } from "./lexer.ts";
import { isBlank, LogicalLine, skipBlanks, skipWord, trimEnd } from "./logical-line.ts";
import { parseOperator } from "./operator.ts";
import { closingQuote, readArgument } from "./quoted.ts";
import { parseIdSelectors, parseTextSelector } from "./selectors.ts";
import { parseTargets } from "./targets.ts";

/** A tree and everything that is wrong with the text. Directives that could not be read are missing from the tree. */
export interface ParseResult {
  readonly document: Document;
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses a source. Never throws, whatever the text. */
export function parse(source: Source): ParseResult {
  const diagnostics: Diagnostic[] = [];
  const directives: DirectiveNode[] = [];
  for (const line of readLogicalLines(source, diagnostics)) {
    const directive = new DirectiveParser(line, diagnostics).parse();
    if (directive !== undefined) directives.push(directive);
  }
  return { document: { kind: "document", source, directives }, diagnostics };
}

/** Parses an action list on its own. */
export function parseActionList(text: string): { readonly actions: readonly ActionNode[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  return { actions: parseActions(lineOf(text), 0, text.length, diagnostics), diagnostics };
}

/** Parses a target list on its own. */
export function parseTargetList(text: string): { readonly targets: readonly TargetNode[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  return { targets: parseTargets(lineOf(text), 0, text.length, diagnostics), diagnostics };
}

function lineOf(text: string): LogicalLine {
  return new LogicalLine({ name: "", text }, [{ text, at: 0 }], 1, undefined);
}

class DirectiveParser {
  readonly #line: LogicalLine;
  readonly #diagnostics: Diagnostic[];
  readonly #name: string;
  readonly #nameEnd: number;

  constructor(line: LogicalLine, diagnostics: Diagnostic[]) {
    this.#line = line;
    this.#diagnostics = diagnostics;
    this.#nameEnd = skipWord(line.text, 0);
    this.#name = line.text.slice(0, this.#nameEnd);
  }

  parse(): DirectiveNode | undefined {
    const line = this.#line;
    if (this.#name.startsWith("<")) {
      const hint = "leave containers to the web server's configuration and keep SecLang in files of its own";
      this.#error("SECLANG_CONTAINER", `containers such as ${this.#name} are not supported`, 0, this.#nameEnd, hint);
      return undefined;
    }
    const span = line.span(0, line.text.length);
    switch (this.#name.toLowerCase()) {
      case "secrule":
        return this.#rule();
      case "secaction":
        return this.#action("SecAction");
      case "secdefaultaction":
        return this.#action("SecDefaultAction");
      case "secmarker":
        return { kind: "marker", name: "SecMarker", label: unquote(this.#rest()), span };
      case "secdataset":
        return { kind: "dataset", name: this.#rest().trim(), entries: line.block ?? [], span };
      case "include":
      case "includeoptional":
        return this.#include();
      case "secruleremovebyid":
      case "secruleremovebytag":
      case "secruleremovebymsg":
        return { kind: "remove", name: this.#name, selectors: this.#removeSelectors(), span };
      case "secruleupdatetargetbyid":
      case "secruleupdatetargetbytag":
      case "secruleupdatetargetbymsg":
        return this.#updateTarget();
      case "secruleupdateactionbyid":
        return this.#updateAction();
      default:
        return this.#setting();
    }
  }

  #rule(): DirectiveNode | undefined {
    const line = this.#line;
    const { text } = line;
    const targetStart = skipBlanks(text, this.#nameEnd);
    const targetEnd = skipTargets(text, targetStart);
    const targets = parseTargets(line, targetStart, targetEnd, this.#diagnostics);
    const operator = this.#next(targetEnd, "an operator in double quotes");
    if (operator === undefined) return undefined;
    if (!operator.quoted) {
      const message = "the operator is not in double quotes";
      this.#error("SECLANG_OPERATOR_UNQUOTED", message, operator.start, operator.end, 'as in SecRule ARGS "@rx attack" "id:1"');
      return undefined;
    }
    const at = skipBlanks(text, operator.next);
    return {
      kind: "rule",
      name: "SecRule",
      targets,
      operator: parseOperator(line, operator, this.#diagnostics),
      actions: at >= text.length ? [] : this.#quotedActions(at),
      raw: text,
      lastLine: line.lastLine,
      span: line.span(0, text.length),
    };
  }

  /** The actions of a SecRule run to the end of the line, between quotes. */
  #quotedActions(at: number): ActionNode[] {
    const { text } = this.#line;
    const end = trimEnd(text, text.length, at);
    if (text[at] !== '"') {
      this.#error("SECLANG_ACTIONS_UNQUOTED", "the actions are not in double quotes", at, end, 'as in "id:1,phase:2,deny"');
      return [];
    }
    if (end - at < 2 || text[end - 1] !== '"') {
      this.#error("SECLANG_QUOTE_OPEN", "the quoted actions are not closed", at, at + 1, 'expected a closing " at the end of the directive');
      return [];
    }
    return parseActions(this.#line, at + 1, end - 1, this.#diagnostics);
  }

  #action(name: "SecAction" | "SecDefaultAction"): DirectiveNode | undefined {
    const line = this.#line;
    const { text } = line;
    const at = skipBlanks(text, this.#nameEnd);
    if (at >= text.length) {
      this.#error("SECLANG_ARGUMENT_MISSING", `${name} has no actions`, 0, this.#nameEnd, 'as in SecAction "id:1,phase:1,pass"');
      return undefined;
    }
    const actions =
      text[at] === '"' ? this.#quotedActions(at) : parseActions(line, at, trimEnd(text, text.length, at), this.#diagnostics);
    return { kind: "action", name, actions, raw: text, lastLine: line.lastLine, span: line.span(0, text.length) };
  }

  #include(): DirectiveNode | undefined {
    const pattern = unquote(this.#rest());
    if (pattern === "") {
      this.#error("SECLANG_ARGUMENT_MISSING", `${this.#name} names no file`, 0, this.#nameEnd, "give a path or a glob");
      return undefined;
    }
    const name = this.#name.toLowerCase() === "include" ? "Include" : "IncludeOptional";
    return { kind: "include", name, pattern, span: this.#line.span(0, this.#line.text.length) };
  }

  #removeSelectors(): SelectorNode[] {
    const line = this.#line;
    const [start, end] = this.#unquotedRest();
    if (start === end) {
      this.#error("SECLANG_ARGUMENT_MISSING", `${this.#name} names no rule`, 0, this.#nameEnd, "give ids, a tag or a msg");
      return [];
    }
    if (this.#name.toLowerCase().endsWith("byid")) return parseIdSelectors(line, start, end, this.#diagnostics);
    return [parseTextSelector(line, start, end)];
  }

  /** `SELECTOR... "TARGETS" ["REPLACED"]`: unquoted arguments before the first target list are selectors. */
  #updateTarget(): DirectiveNode | undefined {
    const line = this.#line;
    const byId = this.#name.toLowerCase().endsWith("byid");
    const all = this.#arguments();
    const firstTargets = byId ? all.findIndex(({ start, end }) => !/^[\d\s,:"-]+$/.test(line.text.slice(start, end))) : 1;
    const [targetArgument, replaced] = firstTargets < 1 ? [] : all.slice(firstTargets);
    if (targetArgument === undefined) {
      const hint = byId ? 'as in SecRuleUpdateTargetById 942100 "!ARGS:token"' : `as in ${this.#name} "name" "!ARGS:token"`;
      this.#error("SECLANG_ARGUMENT_MISSING", `${this.#name} needs rules and targets`, 0, this.#nameEnd, hint);
      return undefined;
    }
    const targets = parseTargets(line, targetArgument.start, targetArgument.end, this.#diagnostics);
    const base = { kind: "update-target", name: this.#name, selectors: this.#selectors(all.slice(0, firstTargets), byId), targets, span: line.span(0, line.text.length) } as const;
    if (replaced === undefined) return base;
    return { ...base, replacement: parseTargets(line, replaced.start, replaced.end, this.#diagnostics) };
  }

  /** `IDS "ACTIONS"`; without quotes the actions begin at the first word that is neither id nor range. */
  #updateAction(): DirectiveNode | undefined {
    const line = this.#line;
    const { text } = line;
    const ids = /^[\s\d,:"-]*/.exec(text.slice(this.#nameEnd))![0];
    const quote = text.lastIndexOf('"', trimEnd(text, text.length, 0) - 2);
    const quoted = text.trimEnd().endsWith('"') && quote > this.#nameEnd;
    const start = quoted ? firstActionsQuote(text, this.#nameEnd) + 1 : this.#nameEnd + ids.length;
    const end = quoted ? trimEnd(text, text.length, 0) - 1 : trimEnd(text, text.length, 0);
    const selectors = parseIdSelectors(line, this.#nameEnd, quoted ? start - 1 : start, this.#diagnostics);
    if (selectors.length === 0 || start >= end) {
      const hint = 'as in SecRuleUpdateActionById 942100 "pass,log"';
      this.#error("SECLANG_ARGUMENT_MISSING", `${this.#name} needs rules and actions`, 0, this.#nameEnd, hint);
      return undefined;
    }
    const actions = parseActions(line, start, end, this.#diagnostics);
    return { kind: "update-action", name: this.#name, selectors, actions, span: line.span(0, text.length) };
  }

  #selectors(words: readonly Argument[], byId: boolean): SelectorNode[] {
    return words.flatMap(({ start, end }) =>
      byId ? parseIdSelectors(this.#line, start, end, this.#diagnostics) : [parseTextSelector(this.#line, start, end)],
    );
  }

  #setting(): DirectiveNode {
    const line = this.#line;
    const [start, end] = this.#unquotedRest();
    return {
      kind: "setting",
      name: this.#name,
      nameSpan: line.span(0, this.#nameEnd),
      argument: line.text.slice(start, end),
      argumentSpan: line.span(start, end),
      span: line.span(0, line.text.length),
    };
  }

  #arguments(): Argument[] {
    const all: Argument[] = [];
    for (let at = this.#nameEnd; ; ) {
      const argument = readArgument(this.#line, at, this.#diagnostics);
      if (argument === undefined) return all;
      all.push(argument);
      at = argument.next;
    }
  }

  #next(from: number, expected: string): Argument | undefined {
    const argument = readArgument(this.#line, from, this.#diagnostics);
    if (argument === undefined) {
      this.#error("SECLANG_ARGUMENT_MISSING", `${this.#name} is not complete`, 0, this.#nameEnd, `expected ${expected}`);
    }
    return argument;
  }

  #rest(): string {
    const [start, end] = this.#unquotedRest();
    return this.#line.text.slice(start, end);
  }

  /** Everything after the name, blanks trimmed, without one pair of double quotes round it. */
  #unquotedRest(): [start: number, end: number] {
    const { text } = this.#line;
    const start = skipBlanks(text, this.#nameEnd);
    const end = trimEnd(text, text.length, start);
    const isQuoted = end - start >= 2 && text[start] === '"' && text[end - 1] === '"';
    return isQuoted ? [start + 1, end - 1] : [start, end];
  }

  #error(code: Parameters<LogicalLine["error"]>[0], message: string, start: number, end: number, hint: string): void {
    this.#diagnostics.push(this.#line.error(code, message, start, end, hint));
  }
}

/** Targets end at a blank outside `'...'` and `/.../` keys. */
function skipTargets(text: string, from: number): number {
  let at = from;
  for (let inKey = ""; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (inKey !== "") {
      if (unit === 0x5c) at++;
      else if (text[at] === inKey) inKey = "";
    } else if (isBlank(unit)) break;
    else if (text[at - 1] === ":" && (text[at] === "'" || (text[at] === "/" && !isPathVariable(text, at)))) inKey = text[at]!;
    if (inKey !== "" && unit === 0x22) return skipWord(text, from);
  }
  return Math.min(at, text.length);
}

function isPathVariable(text: string, at: number): boolean {
  return /(?:XML|JSON):$/i.test(text.slice(Math.max(0, at - 8), at));
}

/** The quote that opens the action list of SecRuleUpdateActionById: the first that ids do not close. */
function firstActionsQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  for (;;) {
    const close = closingQuote(text, at + 1);
    if (close < 0 || !/^[\d\s,:-]*$/.test(text.slice(at + 1, close))) return at;
    at = text.indexOf('"', close + 1);
    if (at < 0) return text.length;
  }
}

function unquote(text: string): string {
  return text.length >= 2 && /^(['"]).*\1$/s.test(text) ? text.slice(1, -1) : text;
}
