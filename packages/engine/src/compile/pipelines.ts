import type { CompiledRule, Pipeline } from "./ruleset.ts";
import type { TransformationDefinition } from "../transformation.ts";
import type { WafSettings } from "../settings.ts";
import type { ByteString } from "../text/bytes.ts";

/** Bit of the transformations that any text may react to. */
export const ALWAYS: number = 1 << 31;

/** Numbers of transformations, and those derived from them that leave case alone. */
export interface TransformationNumbers {
  readonly numbers: Map<TransformationDefinition, number>;
  readonly caseless: Map<TransformationDefinition, TransformationDefinition>;
}

/** The pipelines of a rule. */
type NamedPipelines = Pick<CompiledRule, "pipeline" | "gatePipeline">;

/** Builds the tree of pipelines of a WAF: equal lists are one object, common beginnings are shared. */
export class PipelineBuilder {
  readonly pipelines: Pipeline[] = [];
  readonly #settings: WafSettings;
  readonly #children = new Map<Pipeline, Map<TransformationDefinition, Pipeline>>();
  readonly #functions = new Map<TransformationDefinition, (value: ByteString) => ByteString>();
  readonly transformations: TransformationNumbers;
  readonly #root: Pipeline;
  readonly #named = new Map<string, NamedPipelines>();

  /** `before` are the numbers of a WAF to share with. */
  constructor(settings: WafSettings, before?: TransformationNumbers) {
    this.#settings = settings;
    this.transformations = { numbers: new Map(before?.numbers), caseless: new Map(before?.caseless) };
    this.#root = this.#add({
      id: 0,
      parent: undefined,
      step: -1,
      bit: 0,
      bits: 0,
      apply: (value) => value,
      names: [],
      steps: [],
      foldsCase: false,
      erasing: undefined,
    });
  }

  /** What was remembered for these names. */
  named(names: readonly string[]): NamedPipelines | undefined {
    return this.#named.get(names.join("\n"));
  }

  /** Keeps what names mean, for the next rule that has them. */
  remember(names: readonly string[], pipelines: NamedPipelines): void {
    this.#named.set(names.join("\n"), pipelines);
  }

  /** The pipeline of a list of transformations. */
  of(definitions: readonly TransformationDefinition[]): Pipeline {
    let pipeline = this.#root;
    for (const definition of definitions) pipeline = this.#extend(pipeline, definition);
    return pipeline;
  }

  /**
   * A pipeline after which a value has the same letters as after these transformations, if not in the same case. That is all
   * the prefilter needs, and most values are unchanged by it.
   */
  gateOf(definitions: readonly TransformationDefinition[]): Pipeline {
    const kept: TransformationDefinition[] = [];
    let anyCase = true;
    for (const definition of definitions.toReversed()) {
      if (!anyCase) kept.unshift(definition);
      else if (definition.foldsCase !== "only") kept.unshift(this.#withoutCase(definition));
      anyCase &&= definition.keepsCase === true || definition.foldsCase !== undefined;
    }
    return this.of(kept);
  }

  /** The same for the value before the first step and after each one, which multi-match tests. */
  gatesOf({ steps }: Pipeline): Pipeline[] {
    const definitions = steps.map(({ definition }) => definition);
    return [0, ...steps.keys()].map((_, count) => this.gateOf(definitions.slice(0, count)));
  }

  /** The transformation, called only for what it does besides changing case. */
  #withoutCase(definition: TransformationDefinition): TransformationDefinition {
    if (definition.foldsCase === undefined || definition.reactsTo === undefined) return definition;
    let derived = this.transformations.caseless.get(definition);
    if (derived === undefined) {
      const { keepingCase = definition.apply } = definition;
      derived = { ...definition, reactsTo: definition.reactsTo.replaceAll(/[A-Za-z]/g, ""), apply: keepingCase };
      this.transformations.caseless.set(definition, derived);
    }
    return derived;
  }

  #extend(parent: Pipeline, definition: TransformationDefinition): Pipeline {
    const children = this.#children.get(parent)!;
    const known = children.get(definition);
    if (known !== undefined) return known;
    const apply = this.#function(definition);
    const step = this.#numberOf(definition);
    const bit = hasOwnBit(definition, step) ? 1 << step : ALWAYS;
    const pipeline = this.#add({
      id: this.pipelines.length,
      parent,
      step,
      bit,
      bits: parent.bits | bit,
      apply,
      names: [...parent.names, definition.name],
      steps: [...parent.steps, { definition, apply }],
      foldsCase: definition.foldsCase === "only",
      erasing: erasingOf(definition),
    });
    children.set(definition, pipeline);
    return pipeline;
  }

  /** By byte: the bits of the transformations that may change a text with it. */
  byteFlags(): Int32Array {
    const flags = new Int32Array(256);
    for (const [definition, step] of this.transformations.numbers) {
      if (!hasOwnBit(definition, step)) continue;
      const { reactsTo } = definition;
      for (let at = 0; at < reactsTo.length; at++) flags[reactsTo.charCodeAt(at)]! |= 1 << step;
    }
    return flags;
  }

  #numberOf(definition: TransformationDefinition): number {
    let number = this.transformations.numbers.get(definition);
    if (number === undefined) {
      number = this.transformations.numbers.size;
      this.transformations.numbers.set(definition, number);
    }
    return number;
  }

  #add(pipeline: Pipeline): Pipeline {
    this.pipelines.push(pipeline);
    this.#children.set(pipeline, new Map());
    return pipeline;
  }

  #function(definition: TransformationDefinition): (value: ByteString) => ByteString {
    let apply = this.#functions.get(definition);
    if (apply === undefined) {
      apply = definition.configure?.(this.#settings) ?? definition.apply;
      this.#functions.set(definition, apply);
    }
    return apply;
  }
}

function erasingOf({ erases }: TransformationDefinition): Pipeline["erasing"] {
  if (erases === undefined) return undefined;
  const bytes = new Uint8Array(256);
  for (let at = 0; at < erases.bytes.length; at++) bytes[erases.bytes.charCodeAt(at)] = 1;
  return { bytes, unless: erases.unless };
}

/** Bits 0 to 30 are there for transformations that say what they react to; all others share the highest one. */
function hasOwnBit(
  definition: TransformationDefinition,
  step: number,
): definition is TransformationDefinition & { readonly reactsTo: ByteString } {
  return definition.reactsTo !== undefined && step < 31;
}
