import type { RecordedExchange } from "../exchange.ts";

/**
 * Exchanges as the drivers of peers read them: little-endian 32-bit numbers; a text is its length and its bytes, a list
 * its length and its items. An exchange is method, target, protocol version, headers (name, value), pieces of the body,
 * status, response headers, pieces of the response body.
 */
export function encodeExchanges(exchanges: readonly RecordedExchange[]): Buffer {
  const parts: Buffer[] = [];
  const number = (value: number): void => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    parts.push(bytes);
  };
  const text = (bytes: Buffer): void => {
    number(bytes.length);
    parts.push(bytes);
  };
  const headers = (list: RecordedExchange["headers"]): void => {
    number(list.length);
    for (const [name, value] of list) {
      text(name);
      text(value);
    }
  };
  const texts = (list: readonly Buffer[]): void => {
    number(list.length);
    for (const bytes of list) text(bytes);
  };
  number(exchanges.length);
  for (const exchange of exchanges) {
    text(exchange.method);
    text(exchange.uri);
    text(Buffer.from(exchange.protocol.toString("latin1").replace("HTTP/", ""), "latin1"));
    headers(exchange.headers);
    texts(exchange.body);
    number(exchange.status);
    headers(exchange.responseHeaders);
    texts(exchange.responseBody);
  }
  return Buffer.concat(parts);
}
