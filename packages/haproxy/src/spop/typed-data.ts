import type { SpopReader } from "./reader.ts";
import { SpopDecodeError } from "./reader.ts";
import { readVarint, varintLength, writeVarint } from "./varint.ts";

/** A value with its SPOP type. Byte values are views into the frame. */
export type TypedData =
  | { readonly type: "null" }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "int32" | "uint32" | "int64" | "uint64"; readonly value: number | bigint }
  | { readonly type: "ipv4" | "ipv6" | "string" | "binary"; readonly value: Uint8Array };

/** Names of the types by number (source: spec spop, 2.3). */
const typeNames = ["null", "bool", "int32", "uint32", "int64", "uint64", "ipv4", "ipv6", "string", "binary"] as const;

const nothing: TypedData = { type: "null" };

/** Reads a type byte and its value. @throws SpopDecodeError on reserved types and when the bytes end. */
export function readTypedData(reader: SpopReader): TypedData {
  const byte = reader.byte();
  const type = typeNames[byte & 0x0f];
  switch (type) {
    case "null":
      return nothing;
    case "bool":
      return { type, value: (byte & 0x10) !== 0 };
    case "uint32":
    case "uint64":
      return { type, value: readVarint(reader) };
    case "int32":
    case "int64":
      return { type, value: signed(readVarint(reader)) };
    case "ipv4":
      return { type, value: reader.take(4) };
    case "ipv6":
      return { type, value: reader.take(16) };
    case "string":
    case "binary":
      return { type, value: reader.take(readVarint(reader)) };
    default:
      throw new SpopDecodeError(`there is no data type ${byte & 0x0f}`);
  }
}

/** Passes over what {@link readTypedData} would read. @throws SpopDecodeError as that does. */
export function skipTypedData(reader: SpopReader): void {
  const byte = reader.byte();
  switch (typeNames[byte & 0x0f]) {
    case "null":
    case "bool":
      return;
    case "int32":
    case "uint32":
    case "int64":
    case "uint64":
      readVarint(reader);
      return;
    case "ipv4":
      return reader.skip(4);
    case "ipv6":
      return reader.skip(16);
    case "string":
    case "binary":
      return reader.skip(readVarint(reader));
    default:
      throw new SpopDecodeError(`there is no data type ${byte & 0x0f}`);
  }
}

/** Bytes that {@link writeTypedData} needs. */
export function typedDataLength(data: TypedData): number {
  switch (data.type) {
    case "null":
    case "bool":
      return 1;
    case "int32":
    case "uint32":
    case "int64":
    case "uint64":
      return 1 + varintLength(data.value);
    case "ipv4":
    case "ipv6":
      return 1 + data.value.length;
    case "string":
    case "binary":
      return 1 + varintLength(data.value.length) + data.value.length;
  }
}

/** Writes type byte and value at `at`; returns the position after it. */
export function writeTypedData(target: Uint8Array, at: number, data: TypedData): number {
  const byte = typeNames.indexOf(data.type);
  target[at++] = data.type === "bool" && data.value ? byte | 0x10 : byte;
  switch (data.type) {
    case "null":
    case "bool":
      return at;
    case "int32":
    case "uint32":
    case "int64":
    case "uint64":
      return writeVarint(target, at, data.value);
    default:
      if (data.type === "string" || data.type === "binary") at = writeVarint(target, at, data.value.length);
      target.set(data.value, at);
      return at + data.value.length;
  }
}

/** Reads a name: a length and that many bytes. */
export function readName(reader: SpopReader): string {
  return reader.takeText(readVarint(reader));
}

/** Bytes that {@link writeName} needs. Names are ASCII. */
export function nameLength(name: string): number {
  return varintLength(name.length) + name.length;
}

/** Writes a name at `at`; returns the position after it. */
export function writeName(target: Uint8Array, at: number, name: string): number {
  at = writeVarint(target, at, name.length);
  for (let index = 0; index < name.length; index++) target[at++] = name.charCodeAt(index);
  return at;
}

function signed(value: number | bigint): number | bigint {
  if (typeof value === "number") return value;
  const negative = BigInt.asIntN(64, value);
  return negative >= BigInt(Number.MIN_SAFE_INTEGER) && negative < 0n ? Number(negative) : negative;
}
