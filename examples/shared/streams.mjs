/** Two server-sent events, the first at once, on a response of Node.js. */
export function sendEvents(response) {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write("data: first\n\n");
  setTimeout(() => response.end("data: last\n\n"), 1000);
}

/** Counts a body without keeping it. */
export async function countBytes(stream) {
  let bytes = 0;
  for await (const piece of stream) bytes += piece.length;
  return bytes;
}
