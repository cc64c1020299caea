import type { ActionNode } from "@cuirass/seclang";
import type { RuleHead } from "./draft.ts";
import type { ByteString } from "../text/bytes.ts";
import { parsePhase } from "../actions/phase.ts";

/** Reads id, phase, tags and msg off an action list. Bad values are left to the compiler to report. */
export function readRuleHead(actions: readonly ActionNode[]): RuleHead {
  let id = 0;
  let phase: RuleHead["phase"];
  let message: ByteString | undefined;
  const tags: ByteString[] = [];
  for (const action of actions) {
    const value = action.value ?? "";
    if (action.name === "id") id = /^\d{1,15}$/.test(value) ? Number(value) : 0;
    else if (action.name === "phase") phase = parsePhase(value);
    else if (action.name === "msg") message = value;
    else if (action.name === "tag") tags.push(value);
  }
  return { id, phase, tags, message };
}
