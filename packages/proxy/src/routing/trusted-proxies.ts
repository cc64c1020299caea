import { BlockList, isIP } from "node:net";
import type { ClientConnection } from "../client/client-stream.ts";
import type { RequestHead } from "../request-head.ts";

/** Who sent a request, as far as that can be believed. */
export interface ClientIdentity {
  readonly address: string;
  /** 0 when only the address is known. */
  readonly port: number;
  /** As the visitor came, before proxies that are trusted. */
  readonly scheme: "http" | "https";
  /** The peer of the connection is a proxy whose headers are believed. */
  readonly peerTrusted: boolean;
}

/** Proxies in front whose `X-Forwarded-*` headers are believed; nobody else's are. */
export class TrustedProxies {
  readonly #list = new BlockList();
  readonly #isEmpty: boolean;

  /** @throws Error naming the first text that is neither an address nor a network such as 10.0.0.0/8. */
  constructor(networks: readonly string[]) {
    this.#isEmpty = networks.length === 0;
    for (const network of networks) {
      const [address = "", bits] = network.split("/");
      const family = isIP(address);
      const max = family === 6 ? 128 : 32;
      const prefix = bits === undefined ? max : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
      if (family === 0 || prefix < 0 || prefix > max) {
        throw new Error(`"${network}" is no address and no network such as 10.0.0.0/8`);
      }
      this.#list.addSubnet(address, prefix, family === 6 ? "ipv6" : "ipv4");
    }
  }

  has(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && !this.#isEmpty && this.#list.check(address, family === 6 ? "ipv6" : "ipv4");
  }

  /**
   * The visitor: the peer, or when that is trusted the last address of X-Forwarded-For that is no trusted proxy itself.
   * What stands before it in the list, the visitor could have written.
   */
  identify(head: RequestHead, connection: ClientConnection): ClientIdentity {
    const peer = connection.remoteAddress;
    const scheme = connection.tls === undefined ? "http" : "https";
    if (!this.has(peer)) return { address: peer, port: connection.remotePort, scheme, peerTrusted: false };
    const told = valuesOf(head, "x-forwarded-proto").at(-1)?.toLowerCase();
    const identity = {
      port: 0,
      scheme: told === "https" || told === "http" ? told : scheme,
      peerTrusted: true,
    } as const;
    const chain = valuesOf(head, "x-forwarded-for");
    let address = peer;
    for (let at = chain.length - 1; at >= 0; at--) {
      const next = plainAddress(chain[at]!);
      // Whoever wrote this was trusted, but what it says is no address: go no further.
      if (next === undefined) break;
      address = next;
      if (!this.has(next)) break;
    }
    return { ...identity, address, port: address === peer ? connection.remotePort : 0 };
  }
}

/** All values of a list header, in order. */
function valuesOf(head: RequestHead, name: string): string[] {
  const values: string[] = [];
  for (const [key, value] of head.headers) {
    if (key.length !== name.length || key.toLowerCase() !== name) continue;
    for (const part of value.split(",")) values.push(part.trim());
  }
  return values;
}

/** `192.0.2.1`, `192.0.2.1:4711`, `[2001:db8::1]:4711` or `2001:db8::1` without port; undefined for anything else. */
function plainAddress(text: string): string | undefined {
  const address = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return isIP(address) === 0 ? undefined : unmapped(address);
}

/** `::ffff:127.0.0.1` as `127.0.0.1`. */
export function unmapped(address: string | undefined): string {
  return address?.replace(/^::ffff:(?=\d+\.)/i, "") ?? "";
}
