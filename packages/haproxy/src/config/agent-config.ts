import type { MaskingList } from "@cuirass/engine";

/** Levels of log lines, from most to least. */
export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "panic", "disabled"] as const;

/** A level as configurations name it. */
export type LogLevelName = (typeof logLevels)[number];

/** Where log lines go and how they look. */
export interface LogConfig {
  readonly level: LogLevelName;
  /** "" and /dev/stdout mean standard output. */
  readonly file: string;
  readonly format: "console" | "json";
}

/** One application with rules of its own. Plain data: it is sent to worker threads. */
export interface ApplicationConfig {
  readonly name: string;
  readonly directives: string;
  /** Line of the configuration file on which the directives begin, for messages; 1 when unknown. */
  readonly directivesLine: number;
  readonly responseCheck: boolean;
  readonly transactionTtlMs: number;
  readonly transactionActiveLimit: number;
  readonly transactionActiveBytes: number;
  /** Send what versions before 0.2 sent: `fail`, and `action=allow` for clean requests. */
  readonly legacyVariables: boolean;
  readonly onTruncated: "pass" | "flag" | "deny";
  readonly onTruncatedSuspected: boolean;
  readonly onError: "flag" | "deny";
  readonly log: LogConfig;
}

/** Address to listen on. */
export type BindAddress =
  | { readonly kind: "tcp"; readonly host: string | undefined; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/** What the applications work with besides their rules. Plain data. */
export interface OperationsConfig {
  /** Address of the collection store: `memory`, one for all workers that ends with the process, or `redis://HOST`. */
  readonly store: string;
  readonly storeWhenDown: "local" | "fault";
  /** Values that logs must never show. */
  readonly masking: MaskingList;
}

/** A whole configuration, whatever form it was written in. */
export interface AgentConfig {
  /** Name of the file, as given. */
  readonly file: string;
  readonly bind: BindAddress;
  /** As written, to notice changes. */
  readonly bindText: string;
  readonly log: LogConfig;
  /** Second file for lines of level error and above, as versions of 2022 had it. */
  readonly errorLog: string | undefined;
  readonly defaultApplication: string | undefined;
  readonly applications: readonly ApplicationConfig[];
  /** Threads that evaluate rules; 0 means one per core. */
  readonly workers: number;
  readonly maxFrameSize: number;
  readonly deadlineMs: number;
  readonly operations: OperationsConfig;
}
