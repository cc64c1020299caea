import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { YamlSource } from "@cuirass/node";
import { parseProxyConfig } from "@cuirass/proxy";

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");

test("the configuration in deploy is a valid one, and so is the one of the guide", () => {
  expect(parseProxyConfig(read("deploy/proxy/proxy.yaml"), "/x/proxy.yaml").workers).toBe(0);
  const [, example = ""] = /```yaml\n(listen:[^]*?)```/.exec(read("docs/guides/proxy.md")) ?? [];
  const config = parseProxyConfig(example, "/x/proxy.yaml", () => "");
  expect(config.settings.routes).toHaveLength(3);
  expect(config.settings.upstreams.map(({ name }) => name)).toEqual(["app", "api", "rpc"]);
});

test("Envoy is told to fail closed, to tell the client's address and to take overrides", () => {
  const envoy = JSON.stringify(new YamlSource(read("deploy/envoy/envoy.yaml"), "envoy.yaml").value);
  for (const part of [
    '"failure_mode_allow":false',
    '"allow_mode_override":true',
    '"request_attributes":["source.address","destination.address","request.protocol"]',
    '"request_trailer_mode":"SEND"',
    '"key":"cuirass-rule-set"',
  ]) {
    expect(envoy).toContain(part);
  }
});

test("the compose file is YAML and gives the proxy its upstream", () => {
  const compose = new YamlSource(read("deploy/proxy/compose.yaml"), "compose.yaml").value as {
    services: { waf: { environment: Record<string, string> } };
  };
  expect(compose.services.waf.environment["UPSTREAM"]).toBe("http://app:3000");
});
