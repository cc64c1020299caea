import type { Evaluation } from "../../evaluate/evaluation.ts";
import type { ByteString } from "../../text/bytes.ts";
import type { Keyed } from "../collections.ts";

/** Values that one name may have before repetition alone counts as hitting the limit, as a multiple of SecArgumentsLimit. */
const VALUES_PER_LIMIT = 10;

/**
 * Adds an argument within SecArgumentsLimit, which counts distinct names per collection. False when it was dropped.
 *
 * Compat: applied to every source and signalled by ARGS_LIMIT_EXCEEDED (gaps A8); and since Coraza's count lets one name
 * repeat without end, ten times the limit is the end for values.
 */
export function addArgument(collection: Keyed, tx: Evaluation, name: ByteString, value: ByteString): boolean {
  const limit = tx.ruleset.settings.argumentsLimit;
  if (collection.size >= limit && (collection.size >= limit * VALUES_PER_LIMIT || collection.distinctNames >= limit)) {
    tx.variables.argsLimitExceeded.set("1");
    return false;
  }
  collection.add(name, value);
  return true;
}
