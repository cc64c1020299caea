import { expect, test } from "vitest";
import { parseProxyConfig } from "./parse-config.ts";

function problems(text: string): string[] {
  try {
    parseProxyConfig(text, "/etc/cuirass/proxy.yaml", () => "");
  } catch (error) {
    return (error as Error).message.split("\n").map((line) => line.replace("/etc/cuirass/proxy.yaml:", ""));
  }
  return [];
}

test("an upstream is enough", () => {
  const config = parseProxyConfig("upstreams: { app: http://127.0.0.1:3000 }", "/etc/cuirass/proxy.yaml");
  expect(config.listeners).toEqual([{ address: { host: undefined, port: 8080 }, tls: undefined }]);
  expect(config.settings.upstreams[0]).toMatchObject({ name: "app", balance: "round_robin" });
  expect(config.settings.upstreams[0]!.servers[0]!.url.href).toBe("http://127.0.0.1:3000/");
  expect(config.settings.routes).toEqual([{ hosts: [], path: "", upstream: "app", ruleSet: "default", grpc: false }]);
  expect([...config.ruleSets.keys()]).toEqual(["default"]);
  expect(config.admin).toEqual({ host: "127.0.0.1", port: 8081 });
});

test("everything can be said", () => {
  const config = parseProxyConfig(
    `
listen:
  - 127.0.0.1:8080
  - address: "[::1]:8443"
    tls:
      min_version: "1.3"
      certificates:
        - { certificate: tls/a.pem, key: tls/a.key }
upstreams:
  app:
    servers: [http://10.0.0.1:3000, "http://[2001:db8::1]:3000"]
    balance: least_requests
    health: { path: /healthz, interval: 500ms, status: 200-204 }
    timeouts: { connect: 1s, response_head: 2m }
  api: { servers: https://api.internal, protocol: http2, tls: { ca: ca.pem, server_name: api.example.com } }
rule_sets:
  strict: { rules: crs, paranoia_level: 2 }
routes:
  - { host: [api.example.com, "*.Example.org"], path: /v1/, upstream: api, rule_set: strict, grpc: true }
  - { upstream: app }
trusted_proxies: [10.0.0.0/8, "::1"]
on_fault: pass
timeouts: { drain: 5s }
limits: { connections: 50 }
access_log: log/access.json
admin: "off"
workers: all
`,
    "/etc/cuirass/proxy.yaml",
    (path) => `content of ${path}`,
  );
  expect(config.listeners[1]!.tls).toEqual({
    certificates: [{ certificate: "/etc/cuirass/tls/a.pem", key: "/etc/cuirass/tls/a.key" }],
    minVersion: "TLSv1.3",
  });
  const [app, api] = config.settings.upstreams;
  expect(app!.health).toMatchObject({ intervalMs: 500, status: [200, 204], timeoutMs: 2000 });
  expect(app!.servers[0]!.timeouts).toEqual({ connect: 1000, responseHead: 120_000, idle: 60_000, tunnel: 3_600_000 });
  expect(api!.servers[0]!.tls).toEqual({
    ca: "content of /etc/cuirass/ca.pem",
    serverName: "api.example.com",
    verify: true,
  });
  expect(config.settings.routes[0]).toEqual({
    hosts: ["api.example.com", "*.example.org"],
    path: "/v1/",
    upstream: "api",
    ruleSet: "strict",
    grpc: true,
  });
  expect(config.ruleSets.get("strict")).toMatchObject({ rules: "/etc/cuirass/crs", paranoiaLevel: 2 });
  expect(config.accessLog).toBe("/etc/cuirass/log/access.json");
  expect(config.admin).toBeUndefined();
  expect(config.workers).toBe(0);
  expect(config.settings.connections).toBe(50);
});

test("lists every error with its place and the nearest name", () => {
  expect(
    problems(`upstreams:
  app: { servers: ftp://x, balanse: round_robin }
timeouts:
  keep_alive: 30
on_fault: bloc
`),
  ).toEqual([
    '2:28: unknown key "balanse"; did you mean balance?',
    "4:15: timeouts.keep_alive: expected a time with its unit, such as 30s",
    "5:11: on_fault: expected block or pass; did you mean block?",
  ]);
});

test("lists what only the whole shows", () => {
  expect(
    problems(`upstreams:
  app: ftp://x
  api: http://127.0.0.1:1/path
rule_sets:
  strickt: {}
routes:
  - { path: /a, upstream: ap, rule_set: strict }
trusted_proxies: [10.0.0.0/33]
admin: 127.0.0.1
`),
  ).toEqual([
    '2:8: "ftp://x" is no address; expected http://host:port or https://host:port',
    '3:8: "http://127.0.0.1:1/path" must name a host and a port only: paths are passed on as they are',
    '5:3: no route uses the rule set "strickt"',
    '7:27: there is no upstream "ap"; did you mean app?',
    '7:41: there is no rule set "strict"; did you mean strickt?',
    '8:19: "10.0.0.0/33" is no address and no network such as 10.0.0.0/8',
    '9:8: "127.0.0.1" is no address; expected [host]:port such as 127.0.0.1:8080',
  ]);
});

test.each([
  ["", "1:1: expected keys and values"],
  ["[]", "1:1: expected keys and values"],
  ["listen: :8080", "1:1: upstreams: is missing"],
  ["upstreams: {}", "1:12: names no application"],
  ["upstreams: { a: http://a, b: http://b }", "1:12: several applications need routes that choose between them"],
  ["upstreams: { a: http://a }\nlisten: x:y", '2:9: "x:y" is no address; expected [host]:port such as 127.0.0.1:8080'],
  ["upstreams: { a: { servers: [] } }", "1:28: upstreams.a.servers: names no server"],
  [
    "upstreams: { a: http://a }\nroutes: [{ upstream: a, grpc: true }]",
    '2:31: gRPC needs an upstream with "protocol: http2"',
  ],
])("refuses %j", (text, problem) => {
  expect(problems(text)).toContain(problem);
});
