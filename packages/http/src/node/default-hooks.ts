import type { HttpDecision } from "../decision.ts";
import type { Hooks } from "../policy.ts";
import type { RequestHead } from "../shapes.ts";

/** What an application learns that sets no hooks of its own: a line on standard error for each stopped exchange, a warning for each fault. */
export const defaultHooks: Hooks = {
  blocked: (decision, request, status) => void process.stderr.write(`${blockedLine(decision, request, status)}\n`),
  fault: (message, _decision, policy) => process.emitWarning(`${message} (policy: ${policy})`, "CuirassFault"),
};

/** One line that says what was stopped and why. Invariant: text of the client stands in JSON quotes, so it stays one line. */
export function blockedLine(decision: HttpDecision, request: RequestHead, status: number): string {
  const { matchedRules, interruption, id } = decision;
  const what = `${JSON.stringify(request.method.slice(0, 32))} ${JSON.stringify(request.target.slice(0, 512))}`;
  const rules = matchedRules.slice(0, 8).map((rule) => `${rule.id} ${JSON.stringify(rule.message.slice(0, 200))}`);
  const why = rules.length > 0 ? rules.join(", ") : `status ${interruption?.status ?? status}, no rule`;
  return `cuirass: stopped ${what} from ${request.client.address || "unknown"} with ${status || "a closed connection"}, id ${id}: ${why}`;
}
