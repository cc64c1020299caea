import type { ActionDefinition } from "./action.ts";
import type { AuditFormatDefinition } from "./audit/formats/index.ts";
import type { BodyProcessorDefinition } from "./body/body-processor.ts";
import type { OperatorDefinition } from "./operator.ts";
import type { TransformationDefinition } from "./transformation.ts";
import { actions, unsupportedActions } from "./actions/index.ts";
import { auditFormats } from "./audit/formats/index.ts";
import { bodyProcessors } from "./body/index.ts";
import { operators, unsupportedOperators } from "./operators/index.ts";
import { transformations } from "./transformations/index.ts";

/** What users add to a WAF. A plug-in replaces a built-in of the same name, in this WAF only. */
export interface PluginSet {
  readonly operators?: readonly OperatorDefinition[];
  readonly transformations?: readonly TransformationDefinition[];
  readonly actions?: readonly ActionDefinition[];
  readonly bodyProcessors?: readonly BodyProcessorDefinition[];
  readonly auditFormats?: readonly AuditFormatDefinition[];
  /** Names of writers that the host's audit sink understands besides `serial`. */
  readonly auditWriters?: readonly string[];
}

/** A name that ModSecurity knows and that is refused here, with the reason and what to do instead. */
export interface Unsupported {
  readonly name: string;
  readonly reason: string;
  readonly hint: string;
}

type Named = { readonly name: string; readonly aliases?: readonly string[] };

/** All names of one WAF: built-ins and plug-ins. Look-ups disregard case, as ModSecurity does. */
export class Registry {
  readonly #operators: Map<string, OperatorDefinition>;
  readonly #transformations: Map<string, TransformationDefinition>;
  readonly #actions: Map<string, ActionDefinition>;
  readonly #bodyProcessors: Map<string, BodyProcessorDefinition>;
  readonly #auditFormats: Map<string, AuditFormatDefinition>;

  constructor(plugins: PluginSet = {}) {
    this.#operators = byName(operators, plugins.operators);
    this.#transformations = byName(transformations, plugins.transformations);
    this.#actions = byName(actions, plugins.actions);
    this.#bodyProcessors = byName(bodyProcessors, plugins.bodyProcessors);
    this.#auditFormats = byName(auditFormats, plugins.auditFormats);
  }

  findOperator(name: string): OperatorDefinition | undefined {
    return this.#operators.get(name) ?? this.#operators.get(name.toLowerCase());
  }
  findTransformation(name: string): TransformationDefinition | undefined {
    return this.#transformations.get(name) ?? this.#transformations.get(name.toLowerCase());
  }
  findAction(name: string): ActionDefinition | undefined {
    return this.#actions.get(name) ?? this.#actions.get(name.toLowerCase());
  }
  findBodyProcessor(name: string): BodyProcessorDefinition | undefined {
    return this.#bodyProcessors.get(name.toLowerCase());
  }
  findAuditFormat(name: string): AuditFormatDefinition | undefined {
    return this.#auditFormats.get(name.toLowerCase());
  }
  unsupportedOperator(name: string): Unsupported | undefined {
    return unsupportedOperators.find((entry) => entry.name.toLowerCase() === name.toLowerCase());
  }
  unsupportedAction(name: string): Unsupported | undefined {
    return unsupportedActions.find((entry) => entry.name.toLowerCase() === name.toLowerCase());
  }
  operatorNames(): string[] {
    return names(this.#operators);
  }
  transformationNames(): string[] {
    return names(this.#transformations);
  }
  actionNames(): string[] {
    return names(this.#actions);
  }
  auditFormatNames(): string[] {
    return [...this.#auditFormats.keys()];
  }
}

function byName<T extends Named>(builtIn: readonly T[], added: readonly T[] = []): Map<string, T> {
  const map = new Map<string, T>();
  for (const definition of [...builtIn, ...added]) {
    for (const name of [definition.name, ...(definition.aliases ?? [])]) map.set(name.toLowerCase(), definition);
  }
  return map;
}

function names(map: Map<string, Named>): string[] {
  return [...new Set([...map.values()].map((definition) => definition.name))];
}
