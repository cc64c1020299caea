/** Where to listen. */
export interface Address {
  /** All addresses when undefined. */
  readonly host: string | undefined;
  readonly port: number;
}

/** `:8080`, `8080`, `127.0.0.1:8080`, `[::1]:8080`; undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  const match = /^(?:(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]*)):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) return undefined;
  const host = match[1] ?? match[2] ?? "";
  return { host: host === "" ? undefined : host, port };
}
