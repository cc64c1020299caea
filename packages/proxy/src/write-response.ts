import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";

/** Writes and waits until the client takes more; false when the connection is gone. */
export async function writeAll(socket: Socket, bytes: Uint8Array | string): Promise<boolean> {
  if (socket.destroyed) return false;
  const accepted = typeof bytes === "string" ? socket.write(bytes, "latin1") : socket.write(bytes);
  if (accepted) return true;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      socket.off("drain", done);
      socket.off("close", done);
      resolve();
    };
    socket.on("drain", done);
    socket.on("close", done);
  });
  return !socket.destroyed;
}

/** A response head; header values are byte strings. */
export function formatHead(status: number, headers: readonly (readonly [name: string, value: string])[]): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines}\r\n`;
}
