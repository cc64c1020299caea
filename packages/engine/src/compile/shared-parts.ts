import type { Macro } from "./macro.ts";
import type { Gate, Prefilter, PrefilterBuilder } from "@cuirass/regex";
import type { OperatorCompileContext, OperatorDefinition, OperatorMatcher } from "../operator.ts";
import type { TargetSelectorNode } from "@cuirass/seclang";
import type { Side } from "../phase.ts";
import type { Selector } from "../variables/collections.ts";
import type { ByteString } from "../text/bytes.ts";
import { parseMacro } from "./macro.ts";
import { compileSelector } from "./selector.ts";

/** A compiled operator with all that its compilation went by. */
interface SharedOperator {
  readonly definition: OperatorDefinition;
  readonly matcher: OperatorMatcher;
  /** Data files as they were read, by the path in the argument. */
  readonly files: readonly (readonly [path: string, content: ByteString])[];
  readonly warnings: readonly (readonly [message: string, hint: string | undefined])[];
  readonly usesDataset: boolean;
}

type Contents = Pick<SharedParts, "texts" | "strings" | "macros" | "selectors" | "operators" | "gates">;
type Gates = Readonly<Record<Side, Map<SharedOperator, Gate>>>;

/**
 * What one WAF's rules can take over from another one's (`WafConfig.shareWith`): texts, operators and literals, which are
 * most of a rule set's memory and compile time. Everything is compared before it is taken over.
 */
export class SharedParts {
  readonly before: SharedParts | undefined;
  readonly texts: Map<string, string>;
  readonly strings: Map<string, string>;
  readonly macros: Map<string, Macro>;
  readonly selectors: Map<string, Selector>;
  readonly operators: Map<string, SharedOperator>;
  /** Invariant: numbers of groups of this WAF's prefilters, which begin with those of the WAF before. */
  readonly gates: Gates;

  constructor(before?: SharedParts, own?: Contents) {
    this.before = before;
    this.texts = own?.texts ?? new Map<string, string>();
    this.strings = own?.strings ?? new Map<string, string>();
    this.macros = own?.macros ?? new Map<string, Macro>();
    this.selectors = own?.selectors ?? new Map<string, Selector>();
    this.operators = own?.operators ?? new Map<string, SharedOperator>();
    this.gates = own?.gates ?? { request: new Map(), response: new Map() };
  }

  /** Once everything is compiled: what the other WAF has beyond this one's needs is let go. */
  complete(): SharedParts {
    const { before } = this;
    return new SharedParts(undefined, {
      texts: united(this.texts, before?.texts),
      strings: united(this.strings, before?.strings),
      macros: united(this.macros, before?.macros),
      selectors: united(this.selectors, before?.selectors),
      operators: united(this.operators, before?.operators),
      gates: {
        request: united(this.gates.request, before?.gates.request),
        response: united(this.gates.response, before?.gates.response),
      },
    });
  }

  /**
   * False once most literals of the prefilters belong to rules that are gone: a long line of reloads would keep them all, so
   * the next WAF begins afresh.
   */
  isMostlyUsed(prefilters: Readonly<Record<Side, Prefilter>>): boolean {
    return (["request", "response"] as const).every((side) => {
      const used = new Set([...this.gates[side].values()].flat());
      return used.size * 2 >= prefilters[side].groupCount;
    });
  }

  /** The content of a file, as one string for all WAFs that read the same. */
  text(name: string, content: string): string {
    const known = this.before?.texts.get(name);
    const text = known === content ? known : content;
    this.texts.set(name, text);
    return text;
  }

  /** A text of a rule, as one string for all WAFs. */
  string(text: string): string {
    const known = this.strings.get(text);
    if (known !== undefined) return known;
    const own = this.before?.strings.get(text) ?? text;
    this.strings.set(own, own);
    return own;
  }

  /**
   * A macro text, parsed.
   * @throws MacroError as `parseMacro` does.
   */
  macro(text: string): Macro {
    const known = this.macros.get(text);
    if (known !== undefined) return known;
    const macro = this.before?.macros.get(text) ?? parseMacro(text);
    this.macros.set(macro.text, macro);
    return macro;
  }

  /**
   * The part of a target after its colon.
   * @throws SelectorError as `compileSelector` does.
   */
  selector(node: Pick<TargetSelectorNode, "kind" | "value">): Selector {
    const key = `${node.kind} ${node.value}`;
    const known = this.selectors.get(key);
    if (known !== undefined) return known;
    const selector = this.before?.selectors.get(key) ?? compileSelector(node);
    this.selectors.set(key, selector);
    return selector;
  }

  /** Compiles an operator unless that was done before, with the same outcome: same argument, same files. */
  operator(definition: OperatorDefinition, argument: string, context: OperatorCompileContext): SharedOperator {
    const key = `${definition.name} ${argument}`;
    const known = this.operators.get(key) ?? this.before?.operators.get(key);
    if (known !== undefined && known.definition === definition && isUnchanged(known, context)) {
      for (const [message, hint] of known.warnings) context.warn(message, hint);
      this.operators.set(key, known);
      return known;
    }
    const operator = compile(definition, argument, context);
    const { textOnly, ofText } = operator.matcher;
    if ((textOnly === true || ofText !== undefined) && !operator.usesDataset) this.operators.set(key, operator);
    return operator;
  }

  /** What the prefilter must find for the operator to match. */
  gate(operator: SharedOperator, side: Side, prefilter: PrefilterBuilder): Gate {
    const { condition } = operator.matcher;
    if (condition === undefined) return noGate;
    const own = this.gates[side];
    const gate = own.get(operator) ?? this.before?.gates[side].get(operator) ?? prefilter.add(condition);
    own.set(operator, gate);
    return gate;
  }
}

const noGate: Gate = [];

/** The other WAF's map when it holds all that this one needs, so that there is one map for many tenants. */
function united<K, V>(own: Map<K, V>, before: Map<K, V> | undefined): Map<K, V> {
  if (before === undefined || own.size > before.size) return own;
  for (const [key, value] of own) if (before.get(key) !== value) return own;
  // Less than half of it in use: it would be kept for little.
  return own.size * 2 < before.size ? own : before;
}

function isUnchanged(operator: SharedOperator, context: OperatorCompileContext): boolean {
  return operator.files.every(([path, content]) => context.readDataFile(path) === content);
}

function compile(definition: OperatorDefinition, argument: string, context: OperatorCompileContext): SharedOperator {
  const files: [string, ByteString][] = [];
  const warnings: [string, string | undefined][] = [];
  let usesDataset = false;
  const matcher = definition.compile(argument, {
    ...context,
    readDataFile: (path) => {
      const content = context.readDataFile(path);
      files.push([path, content]);
      return content;
    },
    dataset: (name) => {
      usesDataset = true;
      return context.dataset(name);
    },
    warn: (message, hint) => {
      warnings.push([message, hint]);
      context.warn(message, hint);
    },
  });
  return { definition, matcher, files, warnings, usesDataset };
}
