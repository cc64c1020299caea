import type { InspectorConfig } from "../inspect/inspector.ts";
import type { Report } from "../inspect/report.ts";

/** A NOTIFY to inspect. */
export interface Job {
  readonly seq: number;
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly frameLength: number;
  readonly maxFrameSize: number;
  /** Bytes that the actions of the answer may take. */
  readonly room: number;
}

/** What the agent tells a worker. */
export type ToWorker =
  | { readonly kind: "job"; readonly job: Job }
  | { readonly kind: "reopen" }
  /** New rules are in force elsewhere: say so when no transaction waits for a response any more. */
  | { readonly kind: "retire" }
  /** The process ends: log what is left, then say so. */
  | { readonly kind: "drain" };

/** What a worker tells the agent. */
export type FromWorker =
  | { readonly kind: "ready"; readonly loaded: LoadedRules; readonly report: Report | undefined }
  | { readonly kind: "failed"; readonly message: string }
  | {
      readonly kind: "answer";
      readonly seq: number;
      readonly actions: Uint8Array<ArrayBuffer>;
      readonly report: Report | undefined;
    }
  | { readonly kind: "report"; readonly report: Report }
  | { readonly kind: "empty"; readonly report: Report | undefined };

/** What a worker loaded. */
export interface LoadedRules {
  readonly applications: readonly LoadedApplication[];
  /** Files they came from, and folders in which files were looked for. */
  readonly files: readonly string[];
}

/** What a worker says about an application's rules. */
export interface LoadedApplication {
  readonly name: string;
  readonly rules: number;
  readonly mode: "On" | "Off" | "DetectionOnly";
  readonly warnings: readonly string[];
}

/** A worker's end of the line, or its stand-in within one thread. */
export interface WorkerPort {
  postMessage(message: FromWorker): void;
  on(event: "message", listener: (message: ToWorker) => void): unknown;
}

/** The agent's end: what it uses of a `Worker`. */
export interface WorkerLink {
  postMessage(message: ToWorker, transfer?: readonly ArrayBuffer[]): void;
  on(event: "message", listener: (message: FromWorker) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "exit", listener: (code: number) => void): unknown;
  terminate(): unknown;
}

/** Starts a worker that loads a configuration. */
export type CreateWorker = (config: InspectorConfig) => WorkerLink;
