import type { TypedData } from "./typed-data.ts";
import { latin1, SpopReader } from "./reader.ts";
import { readName, readTypedData, skipTypedData } from "./typed-data.ts";
import { readVarint } from "./varint.ts";

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

/** What a dispatcher has to know of a NOTIFY. */
export interface NotifySurvey {
  /** The first message that asks for an inspection, else the first one; undefined when there is none. */
  readonly name: string | undefined;
  /** Its last arguments `app` and `id`; undefined when absent or no text. */
  readonly app: string | undefined;
  readonly id: string | undefined;
}

const noMessage: NotifySurvey = { name: undefined, app: undefined, id: undefined };

/**
 * Checks that a NOTIFY can be read to its end, and finds out whom it is for, without making values of its arguments.
 * @throws SpopDecodeError where {@link readMessages} would.
 */
export function surveyMessages(payload: Uint8Array): NotifySurvey {
  const reader = new SpopReader(payload);
  let found = noMessage;
  let known = false;
  while (!reader.done) {
    const name = readName(reader);
    const asks: boolean = !known && (name === "coraza-req" || name === "coraza-res");
    const wanted: boolean = asks || found === noMessage;
    known ||= asks;
    let app: string | undefined;
    let id: string | undefined;
    for (let left = reader.byte(); left > 0; left--) {
      const start = reader.pass(readVarint(reader));
      if (wanted && reader.passed(start, "app")) app = textOf(readTypedData(reader));
      else if (wanted && reader.passed(start, "id")) id = textOf(readTypedData(reader));
      else skipTypedData(reader);
    }
    if (wanted) found = { name, app, id };
  }
  return found;
}

/** Text of an argument; undefined for NULL and types that are no text. */
export function textOf(data: TypedData | undefined): string | undefined {
  return data?.type === "string" || data?.type === "binary" ? latin1(data.value) : undefined;
}
