import type { ProcessingRequest } from "./protocol.ts";

/** Who sent a request to Envoy and how. */
export interface EnvoyAttributes {
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly serverAddress: string;
  readonly serverPort: number;
  /** `HTTP/1.1`, `HTTP/2.0` ... */
  readonly protocol: string;
  /** Envoy was configured to tell the client's address. */
  readonly known: boolean;
}

/**
 * Attributes of a first message: `source.address`, `destination.address` and `request.protocol` have to be listed in
 * `request_attributes` of the filter.
 */
export function readAttributes({ attributes }: ProcessingRequest): EnvoyAttributes {
  const values = new Map<string, string>();
  for (const { fields } of Object.values(attributes ?? {})) {
    for (const [name, value] of Object.entries(fields ?? {})) values.set(name, value.stringValue ?? "");
  }
  const [clientAddress, clientPort] = splitAddress(values.get("source.address") ?? "");
  const [serverAddress, serverPort] = splitAddress(values.get("destination.address") ?? "");
  const protocol = values.get("request.protocol") ?? "HTTP/1.1";
  return {
    clientAddress,
    clientPort,
    serverAddress,
    serverPort,
    protocol: /^HTTP\/\d$/.test(protocol) ? `${protocol}.0` : protocol,
    known: clientAddress !== "",
  };
}

/** `192.0.2.1:4711` or `[2001:db8::1]:4711`. */
function splitAddress(text: string): [address: string, port: number] {
  const match = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text);
  return match === null ? ["", 0] : [match[1] ?? match[2] ?? "", Number(match[3] ?? 0)];
}
