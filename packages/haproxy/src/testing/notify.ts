import type { TypedData } from "../spop/typed-data.ts";
import { nameLength, typedDataLength, writeName, writeTypedData } from "../spop/typed-data.ts";

/** A message and its arguments, in order. */
export type TestMessage = readonly [name: string, args: readonly (readonly [name: string, data: TypedData])[]];

/** Text argument. */
export function text(name: string, value: string): readonly [string, TypedData] {
  return [name, { type: "string", value: Buffer.from(value, "latin1") }];
}

/** The payload of a NOTIFY, as HAProxy writes it. */
export function encodeMessages(messages: readonly TestMessage[]): Uint8Array {
  const pieces = messages.map(([name, args]) => {
    const items = args.reduce((sum, [key, data]) => sum + nameLength(key) + typedDataLength(data), 0);
    const piece = new Uint8Array(nameLength(name) + 1 + items);
    let at = writeName(piece, 0, name);
    piece[at++] = args.length;
    for (const [key, data] of args) at = writeTypedData(piece, writeName(piece, at, key), data);
    return piece;
  });
  return new Uint8Array(Buffer.concat(pieces));
}

/** A `coraza-req` message. */
export function request(query: string, more: TestMessage[1] = []): TestMessage {
  return [
    "coraza-req",
    [
      text("app", "site"),
      ["src-ip", { type: "ipv4", value: Uint8Array.of(192, 0, 2, 1) }],
      ["src-port", { type: "int64", value: 40_000 }],
      ["dst-ip", { type: "ipv4", value: Uint8Array.of(192, 0, 2, 2) }],
      ["dst-port", { type: "int64", value: 80 }],
      text("method", "GET"),
      text("path", "/"),
      text("query", query),
      text("version", "1.1"),
      text("headers", "host: www.example.com\r\naccept: */*\r\n\r\n"),
      ["body", { type: "binary", value: new Uint8Array(0) }],
      ...more,
    ],
  ];
}

/** A `coraza-res` message. */
export function response(id: string, body: string, more: TestMessage[1] = []): TestMessage {
  return [
    "coraza-res",
    [
      text("app", "site"),
      text("id", id),
      text("version", "1.1"),
      ["status", { type: "int64", value: 200 }],
      text("headers", `content-type: text/html\r\ncontent-length: ${body.length}\r\n\r\n`),
      ["body", { type: "binary", value: Buffer.from(body, "latin1") }],
      ...more,
    ],
  ];
}
