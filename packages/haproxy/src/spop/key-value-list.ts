import type { TypedData } from "./typed-data.ts";
import { SpopReader } from "./reader.ts";
import { nameLength, readName, readTypedData, typedDataLength, writeName, writeTypedData } from "./typed-data.ts";

/** Items of a HELLO or DISCONNECT, by name; the last of duplicates wins. @throws SpopDecodeError */
export function readList(payload: Uint8Array): Map<string, TypedData> {
  const reader = new SpopReader(payload);
  const items = new Map<string, TypedData>();
  while (!reader.done) items.set(readName(reader), readTypedData(reader));
  return items;
}

/** Items one after the other. */
export function encodeList(items: readonly (readonly [name: string, data: TypedData])[]): Uint8Array {
  let length = 0;
  for (const [name, data] of items) length += nameLength(name) + typedDataLength(data);
  const payload = new Uint8Array(length);
  let at = 0;
  for (const [name, data] of items) at = writeTypedData(payload, writeName(payload, at, name), data);
  return payload;
}
