import { defaultServer, singleApplication } from "../defaults.ts";
import type { ProxyConfig } from "./proxy-config.ts";

/** What runs without a file: one application, plain HTTP on port 8080, everything else at its default. */
export function defaultConfig(servers: readonly URL[]): ProxyConfig {
  const settings = singleApplication(servers[0]!);
  const [upstream] = settings.upstreams;
  return {
    listeners: [{ address: { host: undefined, port: 8080 }, tls: undefined }],
    settings: {
      ...settings,
      upstreams: [{ ...upstream!, servers: servers.map((url) => ({ ...defaultServer, url })) }],
    },
    ruleSets: new Map([
      ["default", { rules: undefined, mode: undefined, paranoiaLevel: undefined, before: undefined, after: undefined }],
    ]),
    drainMs: 30_000,
    accessLog: "off",
    admin: { host: "127.0.0.1", port: 8081 },
    adminTokenFile: undefined,
    workers: 1,
    watch: false,
  };
}
