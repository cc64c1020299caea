import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { pinoModule } from "./on-demand.ts";

/** A log of lines that others format. */
export interface LineLog {
  /** Adds the line end. */
  write(line: string): void;
  /** Opens the file again under its name, after it was rotated. */
  reopen(): void;
  /** Writes what is left. */
  close(): void;
}

const BUFFER_BYTES = 8192;
const FLUSH_MS = 500;

/**
 * Opens a log: a file, whose folder is made when missing, or `stdout`. Lines are written in blocks, at the latest after half
 * a second; `onError` is told when they cannot be written, at most once a minute.
 */
export function openLineLog(target: string, onError: (message: string) => void): LineLog {
  if (target !== "stdout") mkdirSync(dirname(target), { recursive: true });
  const stream = pinoModule().pino.destination({
    dest: target === "stdout" ? 1 : target,
    sync: false,
    minLength: BUFFER_BYTES,
    // Bounded: when the disk does not keep up, lines are lost and told of, memory is not.
    maxLength: 64 * BUFFER_BYTES,
  });
  let toldAt = 0;
  const tell = (message: string): void => {
    if (Date.now() - toldAt < 60_000) return;
    toldAt = Date.now();
    onError(message);
  };
  stream.on("error", (error: Error) => tell(error.message));
  stream.on("drop", () => tell("lines come faster than they can be written; some are lost"));
  const timer = setInterval(() => stream.flush(), FLUSH_MS).unref();
  return {
    write: (line) => void stream.write(`${line}\n`),
    reopen: () => {
      if (target !== "stdout") stream.reopen();
    },
    close: () => {
      clearInterval(timer);
      try {
        stream.flushSync();
        if (target !== "stdout") stream.end();
      } catch (error) {
        tell((error as Error).message);
      }
    },
  };
}
