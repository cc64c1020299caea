import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** What a driver answered to a command. */
export interface DriverAnswer {
  readonly lines: readonly string[];
  /** The peer's words when it refused; undefined when all went well. */
  readonly error: string | undefined;
}

/** A peer's driver: a process that takes commands a line each and answers with lines, the last being `ok` or `error`. */
export class DriverProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  #lines: string[] = [];
  #waiting: { resolve(answer: DriverAnswer): void; reject(error: Error): void } | undefined;

  constructor(program: string) {
    this.#child = spawn(program, [], { stdio: "pipe" });
    this.#child.stderr.pipe(process.stderr);
    createInterface({ input: this.#child.stdout }).on("line", (line) => this.#take(line));
    this.#child.on("error", (error) => this.#waiting?.reject(error));
    this.#child.on("exit", (code, signal) =>
      this.#waiting?.reject(new Error(`the driver ended (${signal ?? `exit code ${code}`})`)),
    );
  }

  /** One command at a time. */
  send(command: string): Promise<DriverAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#child.stdin.write(`${command}\n`);
    });
  }

  /** The lines of an answer. @throws Error when the driver refused. */
  async ask(command: string): Promise<readonly string[]> {
    const { lines, error } = await this.send(command);
    if (error !== undefined) throw new Error(`${command}: ${error}`);
    return lines;
  }

  close(): void {
    this.#waiting = undefined;
    this.#child.stdin.end();
  }

  #take(line: string): void {
    const failed = line.startsWith("error ");
    if (line !== "ok" && !failed) {
      this.#lines.push(line);
      return;
    }
    const lines = this.#lines;
    this.#lines = [];
    this.#waiting?.resolve({ lines, error: failed ? line.slice(6) : undefined });
  }
}
