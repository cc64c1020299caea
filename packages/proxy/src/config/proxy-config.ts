import type { ProxySettings } from "../proxy.ts";
import type { Address } from "./address.ts";

/** A listener: plain, or with TLS. */
export interface ListenerConfig {
  readonly address: Address;
  /** Files as they are named, absolute; PEM. */
  readonly tls:
    | {
        readonly certificates: readonly { readonly certificate: string; readonly key: string }[];
        readonly minVersion: "TLSv1.2" | "TLSv1.3";
      }
    | undefined;
}

/** Rules and how they run. */
export interface RuleSetConfig {
  readonly rules: string | undefined;
  readonly mode: "block" | "detect" | undefined;
  readonly paranoiaLevel: number | undefined;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Everything about a proxy that a configuration file says. */
export interface ProxyConfig {
  readonly listeners: readonly ListenerConfig[];
  readonly settings: ProxySettings;
  /** By name; those that routes name, and no other. */
  readonly ruleSets: ReadonlyMap<string, RuleSetConfig>;
  readonly drainMs: number;
  /** `off`, `stdout`, or a file. */
  readonly accessLog: string;
  /** Undefined for none. */
  readonly admin: Address | undefined;
  readonly adminTokenFile: string | undefined;
  /** Processes; 0 for one per core. */
  readonly workers: number;
  /** Reload when a file changes that the configuration was read from. */
  readonly watch: boolean;
}
