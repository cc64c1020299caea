/**
 * What the C++ host puts on the global object before the bundle runs. There is nothing else outside: no Node, no DOM.
 * Texts are byte strings both ways. Functions throw `Error` with the text of errno.
 */
export interface Native {
  /** Whole file, `undefined` when there is none. */
  readFile(path: string): Uint8Array | undefined;
  /** As glob(3), sorted. */
  glob(pattern: string): string[];
  isWritableDirectory(path: string): boolean;
  workingDirectory(): string;
  /** Appends in one write, so that entries of several processes do not mix. Creates the file with `mode`. */
  appendFile(path: string, mode: number, text: string): void;
  makeDirectories(path: string, mode: number): void;
  /** Creates a file exclusively and opens it: its path and descriptor. */
  openTempFile(directory: string, prefix: string, mode: number): [path: string, descriptor: number];
  writeTempFile(descriptor: number, bytes: Uint8Array): void;
  readTempFile(descriptor: number, offset: number, length: number): Uint8Array;
  closeTempFile(descriptor: number, path: string, keep: boolean): void;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Monotonic milliseconds with fraction. */
  monotonic(): number;
  /** Milliseconds of CPU that this process has used. */
  cpu(): number;
  fillRandom(bytes: Uint8Array): void;
  latin1(bytes: Uint8Array): string;
  /** Writes the bytes of a text to the start of an array, as many as fit. */
  copyText(text: string, into: Uint8Array): void;
  /** Parts of local time: year, month (1-12), day, hour, minute, second. */
  localTime(milliseconds: number): number[];
  /** To the debug callback of the WAF in use, or to standard error when it has none and the level is 5 (error). */
  log(level: number, message: string, fields: string): void;
  /** To the error callback of the WAF in use. The argument is valid during the call only. */
  matched(matched: unknown): void;
}

declare global {
  var native: Native;
}
