import type { OwnResponse } from "@cuirass/node/block-page";
import { ownResponse, stopped } from "@cuirass/node/block-page";
import type { HttpDecision } from "./decision.ts";
import type { RequestHead } from "./shapes.ts";
import type { PolicyOptions } from "./policy.ts";
import { reportError } from "./policy.ts";
import { firstHeader } from "./shapes.ts";

/** How a stopped exchange is answered: a page or JSON by the Accept header, one of them always, or what a function makes. */
export type BlockResponse =
  | "auto"
  | "page"
  | "json"
  | ((decision: HttpDecision, request: RequestHead, status: number) => OwnResponse);

/** What a host has to do instead of going on. */
export type Refusal = { readonly kind: "answer"; readonly response: OwnResponse } | { readonly kind: "drop" };

/** Answers a stopped exchange as configured. */
export function blockResponse(
  policy: PolicyOptions,
  decision: HttpDecision,
  request: RequestHead,
  status: number,
): OwnResponse {
  // Rules may ask for any number; 1xx and what is no status at all would not end the exchange.
  const final = status >= 200 && status <= 599 ? status : 403;
  const how = policy.blockResponse ?? "auto";
  if (typeof how !== "function") return standardResponse(how, decision.id, request, final);
  try {
    const response = how(decision, request, final);
    if (isSendable(response)) return response;
    reportError(
      policy,
      new Error("blockResponse returned what cannot be sent: a status of 200 to 599, header lines, a text"),
    );
  } catch (error) {
    reportError(policy, error);
  }
  // A function that fails must not turn a block into a pass.
  return standardResponse("auto", decision.id, request, final);
}

/** True for a response that every host can send: a final status, header lines of one line each. */
export function isSendable({ status, headers, body }: OwnResponse): boolean {
  return (
    Number.isInteger(status) &&
    status >= 200 &&
    status <= 599 &&
    typeof body === "string" &&
    // oxlint-disable-next-line no-control-regex
    headers.every(
      ([name, value]) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && !/[^\t\x20-\x7e\x80-\xff]/.test(value),
    )
  );
}

function standardResponse(
  how: "auto" | "page" | "json",
  id: string,
  request: RequestHead,
  status: number,
): OwnResponse {
  const accept = { auto: firstHeader(request.headers, "accept"), page: "text/html", json: "application/json" }[how];
  return ownResponse(status, id, accept, stopped);
}
