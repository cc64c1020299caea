import type { ByteString } from "../text/bytes.ts";
import type { OperatorCompileContext, OperatorDefinition } from "../operator.ts";
import { OperatorArgumentError } from "../operator.ts";
import { anyByte } from "./shared/literal.ts";

/** `@validateByteRange`: the value holds a byte outside the list. Without a list every value does (spec: seclang, 6.2). */
export const validateByteRange: OperatorDefinition = {
  name: "validateByteRange",
  summary: "True when the value holds a byte that is not in the list.",
  argument: "bytes and ranges of bytes, decimal, separated by commas",
  examples: [
    { title: "all printable", argument: "9,10,13,32-126", input: "plain text", matches: false },
    { title: "NUL byte", argument: "1-255", input: "a\0b", matches: true },
    { title: "empty value", argument: "1-255", input: "", matches: false },
  ],
  compile(argument, context) {
    if (argument === "") return { match: () => true, locate: (value) => [0, value.length] };
    const allowed = parseList(argument, context);
    return {
      textOnly: true,
      condition: anyByte((byte) => allowed[byte] !== 1),
      match: (value) => firstOutside(value, allowed) >= 0,
      locate(value) {
        const at = firstOutside(value, allowed);
        return at < 0 ? undefined : [at, at + 1];
      },
    };
  },
};

function firstOutside(value: ByteString, allowed: Uint8Array): number {
  for (let at = 0; at < value.length; at++) if (allowed[value.charCodeAt(at)] !== 1) return at;
  return -1;
}

function parseList(argument: ByteString, context: OperatorCompileContext): Uint8Array {
  const allowed = new Uint8Array(256);
  let offset = 0;
  for (const item of argument.split(",")) {
    const parts = /^\s*(\d{1,9})\s*(?:-\s*(\d{1,9})\s*)?$/.exec(item);
    const first = Number(parts?.[1]);
    const last = Number(parts?.[2] ?? parts?.[1]);
    if (parts === null || first > 255 || last > 255) {
      const hint = "write numbers from 0 to 255 and ranges of them, for example 9,10,13,32-126";
      throw new OperatorArgumentError(`"${item.trim()}" is not a byte or a range of bytes`, { offset, hint });
    }
    if (first > last) context.warn(`the range ${first}-${last} is empty`, `did you mean ${last}-${first}?`);
    for (let byte = first; byte <= last; byte++) allowed[byte] = 1;
    offset += item.length + 1;
  }
  return allowed;
}
