import type { ByteString } from "../text/bytes.ts";
import type { Pipeline } from "../compile/ruleset.ts";

/**
 * Results of transformations in one transaction, keyed by the value itself and the pipeline.
 *
 * Pipelines form a tree by common prefixes, so `t:urlDecodeUni,t:lowercase` reuses what `t:urlDecodeUni` gave.
 * Compat: Coraza keys by position, which hands one value the result of another (gaps A1); a value key cannot.
 */
export class TransformCache {
  readonly #results: (Map<ByteString, ByteString> | undefined)[];

  constructor(pipelineCount: number) {
    this.#results = new Array<Map<ByteString, ByteString> | undefined>(pipelineCount).fill(undefined);
  }

  /** The value after all steps of the pipeline. */
  transform(pipeline: Pipeline, value: ByteString): ByteString {
    if (pipeline.parent === undefined) return value;
    let results = this.#results[pipeline.id];
    if (results === undefined) this.#results[pipeline.id] = results = new Map();
    let result = results.get(value);
    if (result === undefined) {
      result = pipeline.apply(this.transform(pipeline.parent, value));
      results.set(value, result);
    }
    return result;
  }
}

/** The value and, for each step that changed it, the result: what multi-match tests, in order. */
export function everyStage(pipeline: Pipeline, value: ByteString): ByteString[] {
  const stages = [value];
  let current = value;
  for (const step of pipeline.steps) {
    const next = step.apply(current);
    if (next !== current) stages.push((current = next));
  }
  return stages;
}
