import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { OperationsFlags } from "../service/operations-options.ts";
import type { Address, ProxyConfig, RuleSetConfig } from "@cuirass/proxy";
import { defaultConfig, parseAddress, parseProxyConfig, parseUpstreamUrl } from "@cuirass/proxy";
import { textOrFile } from "../text-or-file.ts";

/** Options of the proxy as the command line and the environment give them; they win over a configuration file. */
export interface RunProxyOptions extends OperationsFlags {
  readonly config?: string | undefined;
  /** Servers of one application, separated by commas. */
  readonly upstream?: string | undefined;
  readonly listen?: string | undefined;
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  readonly rules?: string | undefined;
  readonly mode?: "block" | "detect" | undefined;
  readonly paranoiaLevel?: number | undefined;
  readonly onFault?: "block" | "pass" | undefined;
  readonly trustedProxies?: string | undefined;
  readonly accessLog?: string | undefined;
  readonly workers?: string | undefined;
  readonly admin?: string | undefined;
  /** File with the token of whoever changes state through the admin port; `CUIRASS_ADMIN_TOKEN` else. */
  readonly adminTokenFile?: string | undefined;
  /** Reload when a rule file or the configuration changes. */
  readonly watch?: boolean | undefined;
  readonly exposeMatches?: string | undefined;
  readonly directivesBefore?: string | undefined;
  readonly directivesAfter?: string | undefined;
}

/**
 * The configuration that options ask for: of a file, or of one application at the defaults, with what the options say on top.
 * @throws Error that names the option, or ConfigFileError with every problem of the file.
 */
export function configOf(options: RunProxyOptions): ProxyConfig {
  const base = baseOf(options);
  const { settings } = base;
  const certificates = certificateOf(options);
  const listeners =
    options.listen === undefined && certificates === undefined
      ? base.listeners
      : [
          {
            address: addressOf(options.listen ?? ":8080", "--listen"),
            tls:
              certificates === undefined ? undefined : { certificates: [certificates], minVersion: "TLSv1.2" as const },
          },
        ];
  return {
    ...base,
    listeners,
    settings: {
      ...settings,
      trustedProxies: options.trustedProxies?.split(",").map((part) => part.trim()) ?? settings.trustedProxies,
      policy: {
        ...settings.policy,
        onFault: options.onFault ?? settings.policy.onFault,
        exposeMatches: options.exposeMatches ?? settings.policy.exposeMatches,
      },
    },
    ruleSets: new Map([...base.ruleSets].map(([name, set]) => [name, ruleSetOf(set, options)])),
    accessLog: options.accessLog ?? base.accessLog,
    admin:
      options.admin === undefined
        ? base.admin
        : options.admin === "off"
          ? undefined
          : addressOf(options.admin, "--admin"),
    adminTokenFile: options.adminTokenFile ?? base.adminTokenFile,
    workers: options.workers === undefined ? base.workers : workersOf(options.workers),
    watch: options.watch ?? base.watch,
  };
}

function baseOf(options: RunProxyOptions): ProxyConfig {
  if (options.config !== undefined) {
    if (options.upstream !== undefined)
      throw new Error("--config names the upstreams: --upstream cannot be given as well");
    return parseProxyConfig(readFileSync(options.config, "utf8"), resolve(options.config));
  }
  if (options.upstream === undefined || options.upstream.trim() === "") {
    throw new Error("no application is named: give --upstream URL, UPSTREAM in the environment, or --config FILE");
  }
  return defaultConfig(
    options.upstream.split(",").map((part) => {
      const url = parseUpstreamUrl(part.trim());
      if (typeof url === "string") throw new Error(`--upstream: ${url}`);
      return url;
    }),
  );
}

function ruleSetOf(set: RuleSetConfig, options: RunProxyOptions): RuleSetConfig {
  return {
    rules: options.rules ?? set.rules,
    mode: options.mode ?? set.mode,
    paranoiaLevel: options.paranoiaLevel ?? set.paranoiaLevel,
    before: textOrFile(options.directivesBefore) ?? set.before,
    after: textOrFile(options.directivesAfter) ?? set.after,
  };
}

function certificateOf({ tlsCert, tlsKey }: RunProxyOptions): { certificate: string; key: string } | undefined {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) throw new Error("--tls-cert and --tls-key belong together");
  return { certificate: resolve(tlsCert), key: resolve(tlsKey) };
}

function addressOf(text: string, option: string): Address {
  const address = parseAddress(text);
  if (address === undefined) {
    throw new Error(`${option}: "${text}" is not an address; expected [host]:port such as 127.0.0.1:8080`);
  }
  return address;
}

function workersOf(text: string): number {
  if (text === "all") return 0;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 256) {
    throw new Error(`--workers: "${text}" is no number of processes from 1 to 256, nor "all"`);
  }
  return count;
}
