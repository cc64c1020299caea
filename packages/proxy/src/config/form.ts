import { nearestName } from "@cuirass/seclang";
import * as v from "valibot";

/** A listener as the file gives it. */
export interface ListenForm {
  address: string;
  tls?: { certificates: { certificate: string; key: string }[]; min_version: "1.2" | "1.3" } | undefined;
}

/** An application as the file gives it; times in milliseconds. */
export interface UpstreamForm {
  servers: string[];
  balance: "round_robin" | "least_requests";
  protocol: "http1" | "http2";
  health?:
    | {
        path: string;
        host: string;
        interval: number;
        timeout: number;
        healthy_after: number;
        unhealthy_after: number;
        status: [number, number];
      }
    | undefined;
  timeouts: { connect: number; response_head: number; idle: number; tunnel: number };
  connections: number;
  keep_alive: number;
  failures: number;
  failure_time: number;
  tls?: { ca?: string | undefined; server_name?: string | undefined; verify: boolean } | undefined;
}

/** Rules and how they run. */
export interface RuleSetForm {
  rules?: string | undefined;
  mode?: "block" | "detect" | undefined;
  paranoia_level?: number | undefined;
  directives_before?: string | undefined;
  directives_after?: string | undefined;
}

/** A route as the file gives it. */
export interface RouteForm {
  host: string[];
  path: string;
  upstream?: string | undefined;
  rule_set: string;
  grpc: boolean;
}

/** A configuration as the file gives it, with defaults. */
export interface ProxyForm {
  listen: ListenForm[];
  upstreams: Record<string, UpstreamForm>;
  rule_sets: Record<string, RuleSetForm>;
  routes: RouteForm[];
  trusted_proxies: string[];
  on_fault: "block" | "pass";
  compressed_requests: "inspect" | "refuse" | "pass";
  compressed_responses: "inspect" | "identity" | "pass";
  timeouts: { request_head: number; client_idle: number; keep_alive: number; drain: number };
  limits: {
    connections: number;
    requests_per_connection: number;
    target_bytes: number;
    head_bytes: number;
    header_lines: number;
    body_bytes_per_second: number;
    body_grace: number;
  };
  access_log: string;
  admin: string;
  admin_token_file?: string | undefined;
  workers: number;
  watch: boolean;
}

const text = v.pipe(v.string("expected a text"), v.minLength(1, "is empty"));
const truth = v.boolean("expected true or false");

const count = (from: number, to: number): v.GenericSchema<unknown, number> =>
  v.pipe(
    v.number("expected a number"),
    v.integer("expected a whole number"),
    v.minValue(from, `must be at least ${from}`),
    v.maxValue(to, `must be at most ${to}`),
  ) as v.GenericSchema<unknown, number>;

const oneOf = <const T extends readonly string[]>(...words: T): v.GenericSchema<unknown, T[number]> =>
  v.picklist(words, (issue) => {
    const near = nearestName(String(issue.input), words);
    return `expected ${words.slice(0, -1).join(", ")} or ${words.at(-1)}${near === undefined ? "" : `; did you mean ${near}?`}`;
  }) as v.GenericSchema<unknown, T[number]>;

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const longest = 24 * 3_600_000;
const shape = /^(\d{1,9})(ms|s|m|h)$/;

/** `500ms`, `30s`, `5m`, `1h`: never a bare number, whose unit would be a guess. */
const duration = v.pipe(
  v.string("expected a time with its unit, such as 30s"),
  v.regex(shape, "expected a time with its unit, such as 500ms, 30s, 5m or 1h"),
  v.transform((given) => {
    const [, digits, unit] = shape.exec(given)!;
    return Number(digits) * units[unit!]!;
  }),
  v.minValue(1, "must be more than nothing"),
  v.maxValue(longest, "must be at most 24h"),
);

/** Keys and values, of which unknown ones are refused with the nearest known name. */
function keys<T extends v.ObjectEntries>(entries: T): v.StrictObjectSchema<T, (issue: v.StrictObjectIssue) => string> {
  return v.strictObject(entries, (issue) => {
    if (issue.expected !== "never") return issue.received === "undefined" ? "is missing" : "expected keys and values";
    const name = String(issue.path?.at(-1)?.key);
    const near = nearestName(name, Object.keys(entries));
    const known = near === undefined ? `known are ${Object.keys(entries).join(", ")}` : `did you mean ${near}?`;
    return `unknown key "${name}"; ${known}`;
  });
}

/** One thing where a list may stand. */
const oneOrMore = (item: v.GenericSchema): v.GenericSchema =>
  v.pipe(
    v.lazy((input) => (Array.isArray(input) ? v.array(item) : item)),
    v.transform((value) => (Array.isArray(value) ? value : [value]) as unknown),
  );

const named = (item: v.GenericSchema): v.GenericSchema =>
  v.record(
    v.pipe(v.string(), v.regex(/^[\w.-]{1,64}$/, "expected a name of letters, digits, - and _")),
    item,
    "expected names and values",
  );

const listener = v.pipe(
  v.lazy((input) =>
    typeof input === "string"
      ? text
      : keys({
          address: text,
          tls: v.optional(
            keys({
              certificates: v.pipe(
                v.array(keys({ certificate: text, key: text }), "expected a list of certificates"),
                v.minLength(1, "names no certificate"),
              ),
              min_version: v.optional(oneOf("1.2", "1.3"), "1.2"),
            }),
          ),
        }),
  ),
  v.transform((value) => (typeof value === "string" ? { address: value } : value)),
);

const health = keys({
  path: v.pipe(text, v.startsWith("/", "must begin with /")),
  host: v.optional(text, "health-check"),
  interval: v.optional(duration, "5s"),
  timeout: v.optional(duration, "2s"),
  healthy_after: v.optional(count(1, 100), 2),
  unhealthy_after: v.optional(count(1, 100), 3),
  status: v.pipe(
    v.optional(v.string('expected a status or a range such as "200-399"'), "200-399"),
    v.regex(/^[1-5]\d\d(?:-[1-5]\d\d)?$/, 'expected a status or a range such as "200-399"'),
    v.transform((given) => [Number(given.slice(0, 3)), Number(given.slice(-3))] as [number, number]),
  ),
});

const upstream = v.pipe(
  v.lazy((input) =>
    typeof input === "string" || Array.isArray(input)
      ? oneOrMore(text)
      : keys({
          servers: v.pipe(
            oneOrMore(text),
            v.check((list) => (list as unknown[]).length > 0, "names no server"),
          ),
          balance: v.optional(oneOf("round_robin", "least_requests"), "round_robin"),
          protocol: v.optional(oneOf("http1", "http2"), "http1"),
          health: v.optional(health),
          timeouts: v.optional(
            keys({
              connect: v.optional(duration, "5s"),
              response_head: v.optional(duration, "60s"),
              idle: v.optional(duration, "60s"),
              tunnel: v.optional(duration, "1h"),
            }),
            {},
          ),
          connections: v.optional(count(1, 100_000), 256),
          keep_alive: v.optional(duration, "4s"),
          failures: v.optional(count(1, 1000), 3),
          failure_time: v.optional(duration, "5s"),
          tls: v.optional(
            keys({ ca: v.optional(text), server_name: v.optional(text), verify: v.optional(truth, true) }),
          ),
        }),
  ),
  v.transform((value) => (Array.isArray(value) ? v.parse(upstreamOf, { servers: value }) : value)),
) as v.GenericSchema;
// A list of servers is an application with every other setting at its default.
const upstreamOf: v.GenericSchema = v.lazy(() => upstream);

const ruleSet = keys({
  rules: v.optional(text),
  mode: v.optional(oneOf("block", "detect")),
  paranoia_level: v.optional(count(1, 4)),
  directives_before: v.optional(v.string("expected a text")),
  directives_after: v.optional(v.string("expected a text")),
});

const route = keys({
  host: v.optional(oneOrMore(text), []),
  path: v.optional(v.pipe(text, v.startsWith("/", "must begin with /")), undefined),
  upstream: v.optional(text),
  rule_set: v.optional(text, "default"),
  grpc: v.optional(truth, false),
});

/** The whole file. */
export const proxyForm: v.GenericSchema<unknown, ProxyForm> = keys({
  listen: v.optional(oneOrMore(listener), ":8080"),
  upstreams: named(upstream),
  rule_sets: v.optional(named(ruleSet), {}),
  routes: v.optional(v.array(route, "expected a list of routes"), []),
  trusted_proxies: v.optional(oneOrMore(text), []),
  on_fault: v.optional(oneOf("block", "pass"), "block"),
  compressed_requests: v.optional(oneOf("inspect", "refuse", "pass"), "inspect"),
  compressed_responses: v.optional(oneOf("inspect", "identity", "pass"), "inspect"),
  timeouts: v.optional(
    keys({
      request_head: v.optional(duration, "30s"),
      client_idle: v.optional(duration, "30s"),
      keep_alive: v.optional(duration, "60s"),
      drain: v.optional(duration, "30s"),
    }),
    {},
  ),
  limits: v.optional(
    keys({
      connections: v.optional(count(1, 1_000_000), 10_000),
      requests_per_connection: v.optional(count(1, 1_000_000), 10_000),
      target_bytes: v.optional(count(64, 1_000_000), 16_384),
      head_bytes: v.optional(count(256, 1_000_000), 65_536),
      header_lines: v.optional(count(4, 2000), 200),
      body_bytes_per_second: v.optional(count(0, 1_000_000), 256),
      body_grace: v.optional(duration, "10s"),
    }),
    {},
  ),
  access_log: v.optional(text, "off"),
  admin: v.optional(text, "127.0.0.1:8081"),
  admin_token_file: v.optional(text),
  workers: v.optional(
    v.pipe(
      v.lazy((input) => (input === "all" ? v.literal("all") : count(1, 256))),
      v.transform((value) => (value === "all" ? 0 : value)),
    ),
    1,
  ),
  watch: v.optional(truth, false),
}) as unknown as v.GenericSchema<unknown, ProxyForm>;
