import { serve } from "@hono/node-server";
import { createWaf } from "@cuirass/engine";
import { cuirass, decisionOf } from "@cuirass/http/fetch";
import { baseRules, recommendedSettings } from "@cuirass/rules";
import { announce, port } from "../shared/options.mjs";
import { home, leak } from "../shared/pages.mjs";
import { countBytes } from "../shared/streams.mjs";

// Where there is no file system, rules are text.
const settings = `${recommendedSettings}\nSecRuleEngine On\nSecRequestBodyLimit 1000000\n`;
const partial = "SecRequestBodyLimitAction ProcessPartial\n";
const rules = baseRules.map(([name, text]) => ({ name, text }));
const waf = createWaf({ directives: [{ name: "settings.conf", text: settings }, ...rules] });
const uploads = createWaf({ directives: [{ name: "settings.conf", text: settings + partial }, ...rules] });

const html = { headers: { "content-type": "text/html; charset=utf-8" } };

const handler = cuirass(
  async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/") return new Response(home, html);
    if (pathname === "/leak") return new Response(leak, html);
    if (pathname === "/events") return events();
    if (pathname === "/slow") return new Promise((resolve) => setTimeout(() => resolve(new Response("done")), 500));
    if (pathname === "/decision") return Response.json(decisionOf(request));
    if (pathname === "/upload") return Response.json({ bytes: await countBytes(request.body) });
    if (pathname !== "/items") return new Response("<h1>Not found</h1>", { ...html, status: 404 });
    const isJson = request.headers.get("content-type")?.startsWith("application/json");
    return Response.json(isJson ? await request.json() : Object.fromEntries(await request.formData()));
  },
  { waf, routes: [{ path: "/upload", rules: uploads }], skip: ["/health"] },
);

function events() {
  const encoder = new TextEncoder();
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(encoder.encode("data: first\n\n"));
      setTimeout(() => {
        controller.enqueue(encoder.encode("data: last\n\n"));
        controller.close();
      }, 1000);
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

// Deno and Bun serve this by themselves, a Worker exports it; on Node.js a small server does.
export default { fetch: handler };
const server = serve({ fetch: handler, port, hostname: "127.0.0.1" }, () => announce(server));
