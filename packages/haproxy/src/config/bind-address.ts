import type { BindAddress } from "./agent-config.ts";

/** Address of a configuration; undefined when it is none. `host:port`, `:port`, `[v6]:port`, `tcp://...`, `unix:path`. */
export function parseBind(text: string): BindAddress | undefined {
  const unix = /^unix:(?:\/\/)?(.+)$/.exec(text)?.[1];
  if (unix !== undefined) return { kind: "unix", path: unix };
  const match = /^(?:tcp:\/\/)?(?:\[([0-9A-Fa-f:.]+)\]|([\w.-]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) return undefined;
  const host = match[1] ?? match[2] ?? "";
  return { kind: "tcp", host: host === "" ? undefined : host, port };
}

/** True when only processes of this machine can connect. */
export function isLocal(bind: BindAddress): boolean {
  if (bind.kind === "unix") return true;
  return bind.host === "localhost" || bind.host === "::1" || (bind.host?.startsWith("127.") ?? false);
}
