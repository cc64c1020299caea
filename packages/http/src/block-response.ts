import type { HttpDecision } from "./decision.ts";
import type { RequestHead } from "./shapes.ts";
import type { PolicyOptions } from "./policy.ts";
import { reportError } from "./policy.ts";
import { firstHeader } from "./shapes.ts";

/** A response that is sent instead of the application's. */
export interface OwnResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** How a stopped exchange is answered: a page or JSON by the Accept header, one of them always, or what a function makes. */
export type BlockResponse =
  | "auto"
  | "page"
  | "json"
  | ((decision: HttpDecision, request: RequestHead, status: number) => OwnResponse);

/** What a host has to do instead of going on. */
export type Refusal = { readonly kind: "answer"; readonly response: OwnResponse } | { readonly kind: "drop" };

const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  403: "Forbidden",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

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
  const title = titles[status] ?? "Request stopped";
  const message = "This request was stopped by the web application firewall.";
  const json = how === "json" || (how === "auto" && prefersJson(request));
  const body = json
    ? `${JSON.stringify({ error: title, status, message, requestId: id })}\n`
    : page(status, title, message, id);
  const headers: [string, string][] = [
    ["Content-Type", json ? "application/json; charset=utf-8" : "text/html; charset=utf-8"],
    ["Cache-Control", "no-store"],
    ["X-Request-Id", id],
  ];
  if (!json) headers.push(["Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"]);
  return { status, headers, body };
}

/** JSON is meant when it is asked for and HTML is not. */
function prefersJson(request: RequestHead): boolean {
  const accept = firstHeader(request.headers, "accept").toLowerCase();
  return accept.includes("json") && !accept.includes("text/html");
}

/** Invariant: nothing here is the client's text; the id is ours, letters and digits. */
function page(status: number, title: string, message: string, id: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${status} ${title}</title>
<style>
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { margin: 15vh auto; max-width: 32rem; padding: 0 1.5rem }
code { font-size: 1.1em; user-select: all }
</style>
<h1>${status} ${title}</h1>
<p>${message}</p>
<p>If this is a mistake, tell the owner of the site this number: <code>${id}</code></p>
</html>
`;
}
