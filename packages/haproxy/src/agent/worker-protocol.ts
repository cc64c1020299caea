import type { InspectorConfig } from "../inspect/inspector.ts";
import type { Report } from "../inspect/report.ts";
import type { StoreAnswer, StoreCall } from "@cuirass/node";

/** A NOTIFY to inspect. */
export interface Job {
  readonly seq: number;
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly frameLength: number;
  readonly maxFrameSize: number;
  /** Bytes that the actions of the answer may take. */
  readonly room: number;
}

/** A transaction whose response must come to the worker that has it. */
export interface KeptTransaction {
  readonly id: string;
  readonly app: string;
}

/** What the agent tells a worker. */
export type ToWorker =
  | { readonly kind: "jobs"; readonly jobs: readonly Job[] }
  | { readonly kind: "reopen" }
  | { readonly kind: "stored"; readonly answer: StoreAnswer }
  /** New rules are in force elsewhere: say so when no transaction waits for a response any more. */
  | { readonly kind: "retire" }
  /** The process ends: log what is left, then say so. */
  | { readonly kind: "drain" };

/** What a worker tells the agent. */
export type FromWorker =
  | { readonly kind: "ready"; readonly loaded: LoadedRules; readonly report: Report | undefined }
  | { readonly kind: "failed"; readonly message: string; readonly files: WatchedFiles }
  | {
      readonly kind: "answer";
      readonly seq: number;
      readonly actions: Uint8Array<ArrayBuffer>;
      /** Transactions that wait for their responses in this worker from now on. */
      readonly kept: readonly KeptTransaction[] | undefined;
      /** Lines and events; counts alone come later, with those of other messages. */
      readonly report: Report | undefined;
    }
  | { readonly kind: "report"; readonly report: Report }
  | { readonly kind: "store"; readonly call: StoreCall }
  | { readonly kind: "empty"; readonly report: Report | undefined };

/** Files that rules came from, and folders in which files were looked for, each with the digest of what was there. */
export type WatchedFiles = readonly (readonly [path: string, digest: string])[];

/** The rules of a configuration cannot be used; the message has every error. */
export class RulesError extends Error {
  /** What was read until then: where the correction will be made. */
  readonly files: WatchedFiles;
  constructor(message: string, files: WatchedFiles) {
    super(message);
    this.files = files;
  }
}

/** What a worker loaded. */
export interface LoadedRules {
  readonly applications: readonly LoadedApplication[];
  readonly files: WatchedFiles;
}

/** What a worker says about an application's rules. */
export interface LoadedApplication {
  readonly name: string;
  /** Names the rule set, e.g. `OWASP CRS 4.28.0`. */
  readonly title: string;
  readonly rules: number;
  readonly seconds: number;
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
