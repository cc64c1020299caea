import type { ActionDefinition } from "../action.ts";
import { required } from "./argument.ts";

/**
 * `t`: adds a transformation; `none` drops those before it.
 *
 * Compat: `none` in any case; in Coraza `t:None` drops nothing (spec: seclang, 7).
 */
export const t: ActionDefinition = {
  name: "t",
  summary: "Adds a transformation; none drops those before it.",
  group: "non-disruptive",
  argument: "name of a transformation",
  example: "t:lowercase",
  compile: (value, draft) => {
    const name = required(value);
    if (name.toLowerCase() === "none") draft.transformations.length = 0;
    else draft.transformations.push(name);
  },
};
