import type { TypedData } from "./typed-data.ts";
import { SpopReader } from "./reader.ts";
import { readName, readTypedData } from "./typed-data.ts";

/** One argument; unnamed ones have the name "". */
export interface MessageArgument {
  readonly name: string;
  readonly data: TypedData;
}

/** One message of a NOTIFY. */
export interface Message {
  readonly name: string;
  readonly args: readonly MessageArgument[];
}

/** All messages of a NOTIFY, possibly none. The count of arguments is honoured. @throws SpopDecodeError */
export function readMessages(payload: Uint8Array): Message[] {
  const reader = new SpopReader(payload);
  const messages: Message[] = [];
  while (!reader.done) {
    const name = readName(reader);
    const args: MessageArgument[] = [];
    for (let left = reader.byte(); left > 0; left--) args.push({ name: readName(reader), data: readTypedData(reader) });
    messages.push({ name, args });
  }
  return messages;
}

/** The last argument of a name. */
export function argument(message: Message, name: string): TypedData | undefined {
  for (let index = message.args.length - 1; index >= 0; index--) {
    if (message.args[index]!.name === name) return message.args[index]!.data;
  }
  return undefined;
}
