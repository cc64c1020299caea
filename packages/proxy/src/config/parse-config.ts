import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { PathStep } from "@cuirass/node";
import { ConfigFileError, YamlSource } from "@cuirass/node";
import { nearestName } from "@cuirass/seclang";
import * as v from "valibot";
import type { RouteOptions } from "../proxy.ts";
import type { ServerOptions } from "../upstream/server-options.ts";
import type { UpstreamOptions } from "../upstream/upstream-group.ts";
import type { ProxyForm, UpstreamForm } from "./form.ts";
import type { Address } from "./address.ts";
import type { ListenerConfig, ProxyConfig, RuleSetConfig } from "./proxy-config.ts";
import { TrustedProxies } from "../routing/trusted-proxies.ts";
import { parseAddress } from "./address.ts";
import { proxyForm } from "./form.ts";

/** Reads a file that the configuration names; throws as node:fs does. */
export type ReadFile = (path: string) => string;

/**
 * Reads a configuration file. Relative paths in it start from its folder.
 * @throws ConfigFileError with every problem found, each with file, line and column.
 */
export function parseProxyConfig(
  text: string,
  file: string,
  readFile: ReadFile = (path) => readFileSync(path, "utf8"),
): ProxyConfig {
  const source = new YamlSource(text, file);
  if (typeof source.value !== "object" || source.value === null || Array.isArray(source.value)) {
    throw new ConfigFileError([`${file}:1:1: expected keys and values`]);
  }
  const result = v.safeParse(proxyForm, source.value);
  if (!result.success) {
    throw inOrder(
      result.issues.map((issue) => {
        const path = (issue.path ?? []).map(({ key }) => key as PathStep);
        const isKey = issue.type === "strict_object" && issue.expected === "never";
        const isMissing = issue.type === "strict_object" && issue.received === "undefined" && !isKey;
        const subject = isKey || path.length === 0 ? "" : `${path.map(String).join(".")}: `;
        const message = isMissing ? "is missing" : issue.message;
        return `${source.placeOf(path, isKey ? "key" : "value")}: ${subject}${message}`;
      }),
    );
  }
  return new Builder(result.output, source, readFile).build();
}

/** Turns checked text into settings; finds what only the whole can show. */
class Builder {
  readonly #form: ProxyForm;
  readonly #source: YamlSource;
  readonly #readFile: ReadFile;
  readonly #problems: string[] = [];

  constructor(form: ProxyForm, source: YamlSource, readFile: ReadFile) {
    this.#form = form;
    this.#source = source;
    this.#readFile = readFile;
  }

  build(): ProxyConfig {
    const form = this.#form;
    const upstreams = Object.entries(form.upstreams).map(([name, upstream]) => this.#upstream(name, upstream));
    if (upstreams.length === 0) this.#problem(["upstreams"], "names no application");
    const routes = this.#routes();
    const config: ProxyConfig = {
      listeners: form.listen.map((listener, index) => this.#listener(listener, index)),
      settings: {
        upstreams,
        routes,
        trustedProxies: this.#trustedProxies(),
        policy: {
          onFault: form.on_fault,
          compressedRequests: form.compressed_requests,
          compressedResponses: form.compressed_responses,
          intake: { minRate: form.limits.body_bytes_per_second, graceMs: form.limits.body_grace },
          exposeMatches: undefined,
        },
        timeouts: {
          requestHead: form.timeouts.request_head,
          clientIdle: form.timeouts.client_idle,
          keepAlive: form.timeouts.keep_alive,
        },
        headLimits: {
          target: form.limits.target_bytes,
          head: form.limits.head_bytes,
          headers: form.limits.header_lines,
        },
        requestsPerConnection: form.limits.requests_per_connection,
        connections: form.limits.connections,
      },
      ruleSets: this.#ruleSets(routes),
      drainMs: form.timeouts.drain,
      accessLog:
        form.access_log === "off" || form.access_log === "stdout" ? form.access_log : this.#path(form.access_log),
      admin: form.admin === "off" ? undefined : this.#address(form.admin, ["admin"]),
      adminTokenFile: form.admin_token_file === undefined ? undefined : this.#path(form.admin_token_file),
      workers: form.workers,
      watch: form.watch,
    };
    if (this.#problems.length > 0) throw inOrder(this.#problems);
    return config;
  }

  #listener(listener: ProxyForm["listen"][number], index: number): ListenerConfig {
    const given = (this.#source.value as { listen?: unknown }).listen;
    const path = ["listen", ...(Array.isArray(given) ? [index] : [])];
    const { tls } = listener;
    return {
      address: this.#address(listener.address, path),
      tls:
        tls === undefined
          ? undefined
          : {
              certificates: tls.certificates.map(({ certificate, key }) => ({
                certificate: this.#path(certificate),
                key: this.#path(key),
              })),
              minVersion: `TLSv${tls.min_version}`,
            },
    };
  }

  #upstream(name: string, form: UpstreamForm): UpstreamOptions {
    const { health } = form;
    return {
      name,
      servers: form.servers.map((url, index) => this.#server(url, index, name, form)),
      balance: form.balance,
      health:
        health === undefined
          ? undefined
          : {
              path: health.path,
              host: health.host,
              intervalMs: health.interval,
              timeoutMs: health.timeout,
              healthyAfter: health.healthy_after,
              unhealthyAfter: health.unhealthy_after,
              status: health.status,
            },
      failures: form.failures,
      failureMs: form.failure_time,
    };
  }

  #server(text: string, index: number, name: string, form: UpstreamForm): ServerOptions {
    const given = (this.#source.value as { upstreams: Record<string, unknown> }).upstreams[name];
    const list = Array.isArray(given) || typeof given === "string" ? given : (given as { servers: unknown }).servers;
    const path: PathStep[] = ["upstreams", name];
    if (list !== given) path.push("servers");
    if (Array.isArray(list)) path.push(index);
    const url = parseUpstreamUrl(text);
    if (typeof url === "string") this.#problem(path, url);
    const { tls, timeouts } = form;
    const isTls = typeof url !== "string" && url.protocol === "https:";
    if (tls !== undefined && !isTls) this.#problem(path, `${text} has no TLS, but its upstream has settings for it`);
    let ca: string | undefined;
    if (tls?.ca !== undefined) {
      try {
        ca = this.#readFile(this.#path(tls.ca));
      } catch (error) {
        this.#problem(["upstreams", name, "tls", "ca"], (error as Error).message);
      }
    }
    return {
      url: typeof url === "string" ? new URL("http://127.0.0.1") : url,
      protocol: form.protocol,
      timeouts: {
        connect: timeouts.connect,
        responseHead: timeouts.response_head,
        idle: timeouts.idle,
        tunnel: timeouts.tunnel,
      },
      connections: form.connections,
      keepAliveMs: form.keep_alive,
      tls: tls === undefined ? undefined : { ca, serverName: tls.server_name, verify: tls.verify },
    };
  }

  #routes(): RouteOptions[] {
    const { routes, upstreams } = this.#form;
    const names = Object.keys(upstreams);
    if (routes.length === 0) {
      if (names.length > 1) this.#problem(["upstreams"], "several applications need routes that choose between them");
      return [{ hosts: [], path: "", upstream: names[0] ?? "", ruleSet: "default", grpc: false }];
    }
    return routes.map((route, index) => {
      const path = ["routes", index];
      const upstream = route.upstream ?? (names.length === 1 ? names[0]! : "");
      if (route.upstream === undefined && names.length !== 1) this.#problem(path, "the route names no upstream");
      else this.#known(upstream, names, [...path, "upstream"], "upstream");
      if (route.rule_set !== "default" || this.#form.rule_sets["default"] !== undefined) {
        this.#known(route.rule_set, Object.keys(this.#form.rule_sets), [...path, "rule_set"], "rule set");
      }
      for (const host of route.host) {
        if (!/^(?:\*\.)?[a-z0-9.-]+$|^\[[0-9a-f:.]+\]$/i.test(host)) {
          this.#problem([...path, "host"], `"${host}" is no host name, nor *.name`);
        }
      }
      if (route.grpc && upstreams[upstream]?.protocol === "http1") {
        this.#problem([...path, "grpc"], `gRPC needs an upstream with "protocol: http2"`);
      }
      const hosts = route.host.map((host) => host.toLowerCase());
      return { hosts, path: route.path ?? "", upstream, ruleSet: route.rule_set, grpc: route.grpc };
    });
  }

  #ruleSets(routes: readonly RouteOptions[]): Map<string, RuleSetConfig> {
    const sets = new Map<string, RuleSetConfig>();
    for (const { ruleSet } of routes) {
      const form = this.#form.rule_sets[ruleSet] ?? {};
      sets.set(ruleSet, {
        // A name of files, not of a rule set that comes along.
        rules: form.rules === undefined || form.rules === "built-in" ? form.rules : this.#path(form.rules),
        mode: form.mode,
        paranoiaLevel: form.paranoia_level,
        before: form.directives_before,
        after: form.directives_after,
      });
    }
    for (const name of Object.keys(this.#form.rule_sets)) {
      if (!sets.has(name)) this.#problem(["rule_sets", name], `no route uses the rule set "${name}"`, "key");
    }
    return sets;
  }

  #trustedProxies(): readonly string[] {
    const networks = this.#form.trusted_proxies;
    networks.forEach((network, index) => {
      try {
        void new TrustedProxies([network]);
      } catch (error) {
        this.#problem(["trusted_proxies", index], (error as Error).message);
      }
    });
    return this.#problems.length > 0 ? [] : networks;
  }

  #address(text: string, path: readonly PathStep[]): Address {
    const address = parseAddress(text);
    if (address === undefined) {
      this.#problem(path, `"${text}" is no address; expected [host]:port such as 127.0.0.1:8080`);
    }
    return address ?? { host: undefined, port: 0 };
  }

  #known(name: string, names: readonly string[], path: readonly PathStep[], what: string): void {
    if (names.includes(name)) return;
    const near = nearestName(name, names);
    const hint =
      near === undefined ? (names.length === 0 ? "" : `; there are ${names.join(", ")}`) : `; did you mean ${near}?`;
    this.#problem(path, `there is no ${what} "${name}"${hint}`);
  }

  #path(text: string): string {
    return resolve(dirname(this.#source.file), text);
  }

  #problem(path: readonly PathStep[], message: string, what: "key" | "value" = "value"): void {
    this.#problems.push(`${this.#source.placeOf(path, what)}: ${message}`);
  }
}

/** A server's address; a text that says what is wrong with it else. */
export function parseUpstreamUrl(text: string): URL | string {
  if (!URL.canParse(text)) return `"${text}" is no address; expected http://host:port or https://host:port`;
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return `"${text}" is no address; expected http://host:port or https://host:port`;
  }
  if (url.pathname !== "/" || url.search !== "" || url.username !== "") {
    return `"${text}" must name a host and a port only: paths are passed on as they are`;
  }
  return url;
}

/** All problems as one error, in the order of the file. */
function inOrder(problems: readonly string[]): ConfigFileError {
  const place = (problem: string): number => {
    const [, line, column] = /:(\d+):(\d+): /.exec(problem) ?? [];
    return Number(line) * 1_000_000 + Number(column);
  };
  return new ConfigFileError([...problems].sort((a, b) => place(a) - place(b)));
}
