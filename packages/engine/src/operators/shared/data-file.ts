import type { ByteString } from "../../text/bytes.ts";
import type { OperatorCompileContext } from "../../operator.ts";
import { OperatorArgumentError } from "../../operator.ts";
import { isSpace } from "../../text/ascii.ts";

/** Content of the file that an operator names; refuses an empty path and the addresses that ModSecurity would fetch. */
export function readNamedFile(path: ByteString, context: OperatorCompileContext): ByteString {
  if (path === "") throw new OperatorArgumentError("the argument names no file");
  if (/^https?:\/\//i.test(path)) {
    const hint = "fetch the list outside of the configuration and name the file";
    throw new OperatorArgumentError("lists are not fetched from the network", { hint });
  }
  return context.readDataFile(path);
}

/** Lines of a data file: trimmed, without empty ones and `#` comments. */
export function dataLines(content: ByteString): ByteString[] {
  const lines: ByteString[] = [];
  const all = content.split("\n");
  for (let index = 0; index < all.length; index++) {
    const text = trimSpace(all[index]!);
    if (text !== "" && text.charCodeAt(0) !== 0x23) lines.push(text);
  }
  return lines;
}

function trimSpace(text: ByteString): ByteString {
  // `trim` would also take byte A0, which is part of many UTF-8 characters.
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}
