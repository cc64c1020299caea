import type { Pipeline } from "./ruleset.ts";
import type { TransformationDefinition } from "../transformation.ts";
import type { WafSettings } from "../settings.ts";
import type { ByteString } from "../text/bytes.ts";

/** Builds the tree of pipelines of a WAF: equal lists are one object, common beginnings are shared. */
export class PipelineBuilder {
  readonly pipelines: Pipeline[] = [];
  readonly #settings: WafSettings;
  readonly #children = new Map<Pipeline, Map<TransformationDefinition, Pipeline>>();
  readonly #functions = new Map<TransformationDefinition, (value: ByteString) => ByteString>();
  readonly #root: Pipeline;

  constructor(settings: WafSettings) {
    this.#settings = settings;
    this.#root = this.#add({ id: 0, parent: undefined, apply: (value) => value, names: [], steps: [] });
  }

  /** The pipeline of a list of transformations. */
  of(definitions: readonly TransformationDefinition[]): Pipeline {
    let pipeline = this.#root;
    for (const definition of definitions) pipeline = this.#extend(pipeline, definition);
    return pipeline;
  }

  #extend(parent: Pipeline, definition: TransformationDefinition): Pipeline {
    const children = this.#children.get(parent)!;
    const known = children.get(definition);
    if (known !== undefined) return known;
    const apply = this.#function(definition);
    const pipeline = this.#add({
      id: this.pipelines.length,
      parent,
      apply,
      names: [...parent.names, definition.name],
      steps: [...parent.steps, { definition, apply }],
    });
    children.set(definition, pipeline);
    return pipeline;
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
