/** An answer of the test back end. */
export interface BackendResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Byte string. */
  readonly body: string;
}

const VALID_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// oxlint-disable-next-line no-control-regex -- field values must not hold controls (RFC 9110, 5.5)
const VALID_VALUE = /^[^\0-\x08\x0a-\x1f\x7f]*$/;

/**
 * The back end that response tests talk to: `POST /reflect` answers as its JSON body says, `/configure_reflection` makes
 * other paths answer so, `PUT /reset` forgets them, `/capabilities` lists all this, anything else is an empty 200.
 */
export class ReflectBackend {
  readonly #configured = new Map<string, BackendResponse>();

  /** Answers one request. `body` is a byte string. */
  answer(method: string, path: string, body: string): BackendResponse {
    const route = path.split(/[?#]/, 1)[0]!;
    if (method === "POST" && route === "/reflect") return reflect(body);
    if (method === "POST" && route === "/configure_reflection") return this.#configure(body);
    if (method === "PUT" && route === "/reset") {
      this.#configured.clear();
      return ok;
    }
    if (method === "GET" && route === "/capabilities") return capabilities;
    return this.#configured.get(`${method} ${route}`) ?? ok;
  }

  #configure(body: string): BackendResponse {
    const specification = parseJson(body);
    const endpoints = specification?.["endpoints"];
    if (!Array.isArray(endpoints)) return { status: 400, headers: [], body: "" };
    for (const endpoint of endpoints as { method: string; url: string }[]) {
      this.#configured.set(`${endpoint.method} ${endpoint.url}`, reflect(body));
    }
    return ok;
  }
}

const ok: BackendResponse = { status: 200, headers: [], body: "" };

const capabilities: BackendResponse = {
  status: 200,
  headers: [["Content-Type", "application/json"]],
  body: JSON.stringify({
    endpoints: ["/reflect", "/configure_reflection", "/reset", "/capabilities"].map((path) => ({
      path,
      methods: [path === "/reset" ? "PUT" : path === "/capabilities" ? "GET" : "POST"],
    })),
  }),
};

function reflect(body: string): BackendResponse {
  const specification = parseJson(body);
  if (specification === undefined) return { status: 400, headers: [], body: "" };
  const { status, headers, body: text, encodedBody } = specification;
  const code = Number(status ?? 200);
  if (!Number.isInteger(code) || code < 100 || code > 599) return { status: 400, headers: [], body: "" };
  const fields = Object.entries((headers as Record<string, unknown> | undefined) ?? {})
    .map(([name, value]) => [utf8(name), utf8(String(value))] as const)
    .filter(([name, value]) => VALID_NAME.test(name) && VALID_VALUE.test(value));
  const hasType = fields.some(([name]) => name.toLowerCase() === "content-type");
  return {
    status: code,
    headers: hasType ? fields : [...fields, ["Content-Type", "text/plain"]],
    body:
      typeof encodedBody === "string" && encodedBody !== ""
        ? Buffer.from(encodedBody, "base64").toString("latin1")
        : utf8(String(text ?? "")),
  };
}

function parseJson(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body, "latin1").toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function utf8(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
