import type { HttpDecision } from "./decision.ts";
import type { Hooks } from "./policy.ts";
import type { RequestHead } from "./shapes.ts";

/** What an application learns that sets no hooks of its own: a line for each stopped exchange and for each fault. */
export const defaultHooks: Hooks = {
  blocked: (decision, request, status) => say(blockedLine(decision, request, status)),
  fault: (message, { id }, policy) => say(`cuirass: fault, policy ${policy}, id ${id}: ${oneLine(message)}`),
};

/** A function of the application failed; that the WAF goes on without it should be known. */
export function logError(error: unknown): void {
  say(
    `cuirass: a function of the application failed: ${oneLine(error instanceof Error ? error.message : String(error))}`,
  );
}

function oneLine(text: string): string {
  return JSON.stringify(text.slice(0, 1000)).slice(1, -1);
}

/** One line that says what was stopped and why. Invariant: text of the client stands in JSON quotes, so it stays one line. */
export function blockedLine(decision: HttpDecision, request: RequestHead, status: number): string {
  const { matchedRules, interruption, id } = decision;
  const what = `${JSON.stringify(request.method.slice(0, 32))} ${JSON.stringify(request.target.slice(0, 512))}`;
  const rules = matchedRules.slice(0, 8).map((rule) => `${rule.id} ${JSON.stringify(rule.message.slice(0, 200))}`);
  const why = rules.length > 0 ? rules.join(", ") : `status ${interruption?.status ?? status}, no rule`;
  return `cuirass: stopped ${what} from ${request.client.address || "unknown"} with ${status || "a closed connection"}, id ${id}: ${why}`;
}

/** The one channel that every runtime has. */
function say(line: string): void {
  // oxlint-disable-next-line no-console
  console.error(line);
}
