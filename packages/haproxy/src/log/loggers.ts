import type { AgentConfig, LogConfig, LogLevelName } from "../config/agent-config.ts";
import type { LogFields } from "./log-line.ts";
import { formatLine, logs } from "./log-line.ts";
import { LogFile } from "./log-file.ts";

/** Where finished lines go. */
export interface LineSink {
  write(line: string): void;
  reopen(): void;
  close(): Promise<void>;
}

/** Waiting bytes at which a stream's reader counts as stuck. */
const STREAM_LIMIT = 4 * 1024 * 1024;

/** The agent's own log and those of its applications, as one configuration wants them. */
export class Loggers {
  readonly #own: LogConfig;
  readonly #sinks = new Map<string, LineSink>();
  readonly #applications = new Map<string, LineSink>();
  readonly #ownSink: LineSink;
  readonly #extraErrors: LineSink | undefined;

  /** Opens all files. @throws Error naming path and user when one cannot be opened. */
  constructor(config: AgentConfig, onDropped: (lines: number) => void, redirect?: LineSink) {
    const open = (log: LogConfig): LineSink => {
      const known = this.#sinks.get(log.file);
      if (known !== undefined) return known;
      const sink = redirect ?? openSink(log.file, onDropped);
      this.#sinks.set(log.file, sink);
      return sink;
    };
    this.#own = config.log;
    this.#ownSink = open(config.log);
    for (const application of config.applications) this.#applications.set(application.name, open(application.log));
    this.#extraErrors = config.errorLog === undefined ? undefined : open({ ...config.log, file: config.errorLog });
  }

  /** A line of the agent's own log. */
  log(level: LogLevelName, message: string, fields: LogFields = {}): void {
    if (!logs(this.#own, level)) return;
    const line = formatLine(this.#own.format, level, fields, message);
    this.#ownSink.write(line);
    if (level === "error" || level === "fatal" || level === "panic") this.#extraErrors?.write(line);
  }

  /** A finished line of an application's log. */
  line(app: string, text: string): void {
    (this.#applications.get(app) ?? this.#ownSink).write(text);
  }

  reopen(): void {
    for (const sink of this.#sinks.values()) sink.reopen();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sinks.values()].map((sink) => sink.close()));
  }
}

function openSink(path: string, onDropped: (lines: number) => void): LineSink {
  if (path === "" || path === "/dev/stdout") return streamSink(process.stdout, onDropped);
  if (path === "/dev/stderr") return streamSink(process.stderr, onDropped);
  if (path === "/dev/null") return { write: () => undefined, reopen: () => undefined, close: async () => undefined };
  try {
    return new LogFile(path, onDropped);
  } catch (error) {
    throw new Error(`cannot open the log ${path} as uid ${process.getuid?.() ?? "?"}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function streamSink(stream: NodeJS.WriteStream, onDropped: (lines: number) => void): LineSink {
  return {
    write: (line) => {
      if (stream.writableLength > STREAM_LIMIT) onDropped(1);
      else stream.write(`${line}\n`);
    },
    reopen: () => undefined,
    close: () => new Promise((resolve) => void stream.write("", () => resolve())),
  };
}
