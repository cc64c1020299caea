import type { ActionDefinition } from "../action.ts";
import { ActionArgumentError } from "../action.ts";
import { Phase } from "../phase.ts";

const names: ReadonlyMap<string, Phase> = new Map([
  ["request", Phase.RequestBody],
  ["response", Phase.ResponseBody],
  ["logging", Phase.Logging],
]);

/** A phase as rules write it: 1 to 5, or `request` (2), `response` (4), `logging` (5). */
export function parsePhase(text: string): Phase | undefined {
  if (/^[1-5]$/.test(text)) return Number(text) as Phase;
  return names.get(text.toLowerCase());
}

/** `phase`: when the rule runs. */
export const phase: ActionDefinition = {
  name: "phase",
  summary: "The phase in which the rule runs; 2 when absent.",
  group: "metadata",
  argument: "1 to 5, request (2), response (4) or logging (5)",
  example: "phase:1",
  compile: (value, draft) => {
    const parsed = parsePhase(value ?? "");
    if (parsed === undefined) throw new ActionArgumentError(`"${value ?? ""}" is not a phase`, "expected 1 to 5");
    draft.phase = parsed;
  },
};
