import type { BodyContext, BodyProcessorDefinition } from "../body/body-processor.ts";
import type { Host, TempFile, TempStorage } from "../host.ts";
import type { WafSettings } from "../settings.ts";
import type { ByteString } from "../text/bytes.ts";
import type { Collection, Entry } from "../variables/collections.ts";
import type { Variables } from "../variables/variables.ts";
import { BodyBuffer } from "../body/body-buffer.ts";
import { EntryMemo } from "../evaluate/entry-memo.ts";
import { defaultSettings } from "../settings.ts";
import { fromBytes, toBytes } from "../text/bytes.ts";
import { addRequestHeader } from "../variables/populate/headers.ts";
import { FakeState } from "./fake-state.ts";

/** What a test may put in place of the defaults below. */
export interface FakeBodyOptions {
  readonly contentType?: ByteString;
  /** Further Content-Type header lines. */
  readonly moreContentTypes?: readonly ByteString[];
  readonly settings?: Partial<WafSettings>;
  readonly host?: Host;
  /** Arguments that are kept, as SecArgumentsLimit would have it; all by default. */
  readonly argumentLimit?: number;
  /** The body was cut by SecRequestBodyLimit. */
  readonly cut?: boolean;
}

/** What a body processor made of a body. */
export interface FakeBody {
  readonly error: string | undefined;
  readonly variables: Variables;
  /** ARGS_POST in order. */
  readonly args: [name: ByteString, value: ByteString][];
  readonly uploads: TempFile[];
}

/** Runs a body processor over a body, without a transaction. */
export function readBody(
  processor: BodyProcessorDefinition,
  text: ByteString,
  options: FakeBodyOptions = {},
  direction: "processRequest" | "processResponse" = "processRequest",
): FakeBody {
  const settings: WafSettings = { ...defaultSettings(), ...options.settings };
  const { variables } = new FakeState();
  const contentType = options.contentType ?? "";
  for (const value of [contentType, ...(options.moreContentTypes ?? [])]) {
    addRequestHeader(variables, settings, "Content-Type", value, new EntryMemo());
  }
  if (options.cut === true) variables.inboundDataError.set("1");
  const body = new BodyBuffer({ memoryLimit: Infinity, tempStorage: undefined, latin1: undefined });
  body.write(toBytes(text));
  const context: BodyContext = {
    body,
    variables,
    settings,
    host: options.host ?? {},
    contentType,
    addArgument: (name, value) => {
      if (variables.argsPost.size >= (options.argumentLimit ?? Infinity)) return false;
      variables.argsPost.add(name, value);
      return true;
    },
    uploads: [],
    parseXmlIntoArgs: settings.parseXmlIntoArgs,
  };
  const error = processor[direction]?.(context);
  return { error, variables, args: pairsOf(variables.argsPost), uploads: context.uploads };
}

/** Names and values of a collection, in order. */
export function pairsOf(collection: Collection): [name: ByteString, value: ByteString][] {
  return select(collection).map(({ key, value }) => [key, value]);
}

/** Values of a collection, or those under a key, as a rule's target would select them. */
export function valuesOf(collection: Collection, key?: ByteString): ByteString[] {
  return select(collection, key).map(({ value }) => value);
}

function select(collection: Collection, key?: ByteString): Entry[] {
  const entries: Entry[] = [];
  collection.select(key === undefined ? undefined : { kind: "key", key: key.toLowerCase(), text: key }, entries);
  return entries;
}

/** Temporary files in memory. */
export class FakeTempStorage implements TempStorage {
  readonly files: { readonly path: string; readonly mode: number | undefined; content: ByteString }[] = [];

  create(options: { readonly directory?: string; readonly prefix: string; readonly mode?: number }): TempFile {
    const path = `${options.directory ?? "/tmp"}/${options.prefix}${this.files.length}`;
    const file = { path, mode: options.mode, content: "" };
    this.files.push(file);
    return {
      path,
      append: (bytes) => void (file.content += fromBytes(bytes)),
      read: (offset, length) => toBytes(file.content.slice(offset, offset + length)),
      close: () => undefined,
    };
  }
}
