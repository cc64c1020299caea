import type { Interruption } from "@cuirass/engine";

// Imports nothing of Node.js: adapters for other runtimes take it from `@cuirass/node/block-page`.

/** A response made by the WAF itself. */
export interface OwnResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** What a visitor sees when a request or a response was stopped: a page, or JSON where the client prefers that. */
export function blockedResponse(interruption: Interruption, requestId: string, accept: string): OwnResponse {
  if (interruption.action === "redirect") {
    return { status: interruption.status, headers: [["Location", location(interruption.data)]], body: "" };
  }
  return ownResponse(interruption.status || 403, requestId, accept, stopped);
}

/** What is said of a stopped request. */
export const stopped = "This request was stopped by the web application firewall.";

const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  408: "Request Timeout",
  411: "Length Required",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  417: "Expectation Failed",
  421: "Misdirected Request",
  426: "Upgrade Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
};

/** An error of the WAF's host itself, in the same form. */
export function ownResponse(status: number, requestId: string, accept: string, message: string): OwnResponse {
  const title = titles[status] ?? "Request stopped";
  const common: [string, string][] = [
    ["Cache-Control", "no-store"],
    ["X-Request-Id", requestId],
  ];
  if (prefersJson(accept)) {
    const body = `${JSON.stringify({ error: title, status, message, requestId })}\n`;
    return { status, headers: [["Content-Type", "application/json; charset=utf-8"], ...common], body };
  }
  return {
    status,
    headers: [
      ["Content-Type", "text/html; charset=utf-8"],
      ["Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"],
      ...common,
    ],
    body: page(status, title, message, requestId),
  };
}

/** JSON is meant when it is asked for and HTML is not. */
function prefersJson(accept: string): boolean {
  const wanted = accept.toLowerCase();
  return wanted.includes("json") && !wanted.includes("text/html");
}

function page(status: number, title: string, message: string, requestId: string): string {
  // The id comes from our own alphabet of letters, digits, - and _: nothing in this page is the visitor's text.
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${status} ${title}</title>
<style>
body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 16px/1.5 system-ui, sans-serif; background: #f6f7f9; color: #1c2430 }
main { max-width: 30rem; padding: 2rem; background: #fff; border: 1px solid #dde2e9; border-radius: 8px }
h1 { margin: 0 0 .5rem; font-size: 1.25rem }
code { background: #eef1f5; padding: .1rem .35rem; border-radius: 4px }
@media (prefers-color-scheme: dark) { body { background: #12161c; color: #e4e8ee } main { background: #1a2028; border-color: #2c3541 } code { background: #28313d } }
</style>
</head>
<body>
<main>
<h1>${status} ${title}</h1>
<p>${message}</p>
<p>If you think this is a mistake, tell the owner of the site this number:<br><code>${requestId}</code></p>
</main>
</body>
</html>
`;
}

/** Value of Location for a redirect's target, which can hold what a macro took from the request: nothing in it may end the header line. */
function location(target: string): string {
  let encoded = "";
  for (let at = 0; at < target.length; at++) {
    const unit = target.charCodeAt(at);
    encoded += unit <= 0x20 || unit === 0x7f ? `%${unit.toString(16).padStart(2, "0").toUpperCase()}` : target[at];
  }
  return encoded;
}
