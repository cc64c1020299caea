import type { RequestHead } from "./request-head.ts";
import type { SocketReader } from "./socket-reader.ts";
import { ChunkedDecoder } from "./chunked-decoder.ts";

/** The body's framing broke: the connection cannot be used any further. */
export class BodyFramingError extends Error {}

/** Content-Length of a request, `chunked`, or 0 when it has no body. The head parser has made sure that it is not both. */
export function bodyFraming(head: RequestHead): number | "chunked" {
  for (const [name, value] of head.headers) {
    const lower = name.toLowerCase();
    if (lower === "transfer-encoding") return "chunked";
    if (lower === "content-length") return Number(value);
  }
  return 0;
}

/** Pieces of a request body as they arrive. Throws BodyFramingError when it ends early or is framed wrongly. */
export async function* readBody(reader: SocketReader, framing: number | "chunked"): AsyncGenerator<Buffer> {
  if (framing === "chunked") yield* readChunked(reader);
  else yield* readSized(reader, framing);
}

async function* readSized(reader: SocketReader, length: number): AsyncGenerator<Buffer> {
  for (let left = length; left > 0;) {
    if (reader.pending.length === 0 && !(await reader.more())) throw new BodyFramingError("the body ended early");
    const piece = reader.take(Math.min(left, reader.pending.length));
    left -= piece.length;
    if (piece.length > 0) yield piece;
  }
}

async function* readChunked(reader: SocketReader): AsyncGenerator<Buffer> {
  const decoder = new ChunkedDecoder();
  while (!decoder.done) {
    if (reader.pending.length === 0 && !(await reader.more())) throw new BodyFramingError("the body ended early");
    const { consumed, data, error } = decoder.push(reader.pending);
    reader.take(consumed);
    if (error !== undefined) throw new BodyFramingError(error);
    for (const piece of data) yield Buffer.from(piece);
  }
}
