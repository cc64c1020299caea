import type { Latin1Decoder, ByteString } from "./text/bytes.ts";
import type { MaybePromise } from "./maybe-promise.ts";

/**
 * Ports: everything the engine needs from outside. All are optional: what a host does not provide is refused at load
 * when a rule needs it (never silently skipped at run time). The engine touches the outside only through these.
 */
export interface Host {
  readonly fileSystem?: FileSystem;
  readonly tempStorage?: TempStorage;
  readonly resolver?: Resolver;
  readonly geoDatabase?: GeoDatabase;
  readonly programRunner?: ProgramRunner;
  readonly collectionStore?: CollectionStore;
  readonly schemaCompiler?: SchemaCompiler;
  readonly auditSink?: AuditSink;
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly latin1?: Latin1Decoder;
}

/** Reads configuration files. Paths use `/`. */
export interface FileSystem {
  /** Whole content, or `undefined` when there is no such file. Other faults throw. */
  readFile(path: string): Uint8Array | undefined;
  /** Paths that match a glob (`*`, `?`, `[...]`), sorted by name; [] when none. */
  glob(pattern: string): string[];
  /** Directory that relative paths start from when no configuration file is involved. */
  readonly workingDirectory: string;
  /** True when a file can be created in the directory (SecUploadDir). */
  isWritableDirectory(path: string): boolean;
}

/** Files for bodies past the memory limit and for uploads. Synchronous, so that body writes stay in call order. */
export interface TempStorage {
  create(options: { readonly directory?: string; readonly prefix: string; readonly mode?: number }): TempFile;
}

/** An open temporary file. */
export interface TempFile {
  readonly path: string;
  append(bytes: Uint8Array): void;
  read(offset: number, length: number): Uint8Array;
  /** Closes it and, unless `keep`, deletes it. Idempotent. */
  close(keep: boolean): void;
}

/** DNS for `@rbl`. */
export interface Resolver {
  /** True with the first TXT text when the name has an A or AAAA record; undefined when not, on failure and on time-out. */
  lookup(name: string, timeoutMs: number): MaybePromise<{ readonly text: ByteString } | undefined>;
}

/** Fields of GEO (spec: gaps B, `@geoLookup`), already as text; missing ones are absent. */
export type GeoRecord = Readonly<Record<string, string>>;

/** An open GeoIP database. */
export interface GeoDatabase {
  /** `path` is that of SecGeoLookupDb, undefined for the host's default database. */
  lookup(address: string): GeoRecord | undefined;
}

/** Runs programs for `@inspectFile` and `exec`. */
export interface ProgramRunner {
  run(
    path: string,
    args: readonly ByteString[],
    timeoutMs: number,
  ): MaybePromise<{ readonly exitCode: number; readonly output: ByteString } | undefined>;
}

/** A JSON schema made ready; true when the document is valid. */
export type SchemaValidator = (document: unknown) => boolean;

/** Compiles JSON schemas for `@validateSchema`. */
export interface SchemaCompiler {
  compile(schema: unknown): SchemaValidator;
}

/** Kinds of persistent collections. */
export type PersistentName = "GLOBAL" | "IP" | "RESOURCE" | "SESSION" | "USER";

/**
 * State that outlives a transaction. Increments are sent as deltas so that a limit shared by many processes is exact.
 * A store may answer with promises; evaluation then suspends at the action that asked and resumes there.
 */
export interface CollectionStore {
  /** All live variables of the record, by lower-case name; empty for a new record. */
  load(collection: PersistentName, key: ByteString, ttlSeconds: number): MaybePromise<Map<ByteString, ByteString>>;
  set(collection: PersistentName, key: ByteString, name: ByteString, value: ByteString): MaybePromise<void>;
  /** Adds atomically and returns the new total. A missing or expired variable counts as 0. */
  increment(collection: PersistentName, key: ByteString, name: ByteString, delta: number): MaybePromise<number>;
  remove(collection: PersistentName, key: ByteString, name: ByteString): MaybePromise<void>;
  /** The variable disappears after so many seconds. */
  expire(collection: PersistentName, key: ByteString, name: ByteString, seconds: number): MaybePromise<void>;
}

/** Takes finished audit entries; writing, queueing and rotation are the host's. */
export interface AuditSink {
  /** Looks at SecAuditLogType and SecAuditLog when rules load; what it returns is the error to report. */
  check?(target: Pick<AuditEntry, "writer" | "target">): string | undefined;
  write(entry: AuditEntry): void;
}

/** One formatted audit record and where it is to go. */
export interface AuditEntry {
  /** Serial, Concurrent, HTTPS, Syslog or a registered name, lower-case. */
  readonly writer: string;
  /** Value of SecAuditLog. */
  readonly target: string;
  readonly directory: string;
  readonly fileMode: number;
  readonly directoryMode: number;
  readonly mimeType: string;
  readonly text: ByteString;
  /** For concurrent files and their index, and for syslog severity. */
  readonly transactionId: string;
  readonly startMs: number;
  readonly interrupted: boolean;
  /** One line for the index of the concurrent writer. */
  readonly indexLine: ByteString;
}

/** Debug levels (spec: auditlog, 10). */
export type LogLevel = "error" | "warn" | "info" | "debug" | "trace";

/** Structured log. `fields` are strings, numbers or booleans. */
export interface Logger {
  log(level: LogLevel, message: string, fields: Readonly<Record<string, string | number | boolean>>): void;
}

/** Time. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Monotonic milliseconds with fraction. */
  monotonic(): number;
  /**
   * CPU milliseconds that the process has used, exact to some 20 ms. With it the time budget of a transaction counts work,
   * not waiting for a core on a busy machine; without it, time that has passed.
   */
  cpu?(): number;
}

/** Randomness for transaction ids; must be cryptographic on real hosts. */
export interface Random {
  fill(bytes: Uint8Array): void;
}
