// Interface sketch; replaced by the implementation.
import type { ByteString } from "./text/bytes.ts";
import type { CompiledRuleset } from "./compile/ruleset.ts";
import type { Host } from "./host.ts";
import type { MatchedRule } from "./matched-rule.ts";
import type { TransactionControl } from "./control.ts";
import type { TransactionState } from "./transaction-state.ts";
import type { Interruption } from "./interruption.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import type { BodyBuffer } from "./body/body-buffer.ts";

export interface Transaction extends TransactionState {
  /** State that ctl and flow actions change. */
  readonly control: TransactionControl;
  readonly ruleset: CompiledRuleset;
  readonly host: Host;
  readonly startMs: number;
  readonly interruption: Interruption | undefined;
  readonly detectionOnlyInterruption: Interruption | undefined;
  readonly matchedRules: readonly MatchedRule[];
  readonly requestBody: BodyBuffer;
  readonly responseBody: BodyBuffer;
  /** TX writes go through here so that score changes are recorded for explanations. `undefined` removes. */
  setTx(key: ByteString, value: ByteString | undefined): void;
  elapsedMicroseconds(): number;
  processConnection(client: string, clientPort: number, server: string, serverPort: number): void;
  processUri(uri: ByteString, method: ByteString, protocol: ByteString): void;
  setServerName(name: ByteString): void;
  addRequestHeader(name: ByteString | Uint8Array, value: ByteString | Uint8Array): void;
  addGetArgument(name: ByteString, value: ByteString): void;
  addPostArgument(name: ByteString, value: ByteString): void;
  addPathArgument(name: ByteString, value: ByteString): void;
  processRequestHeaders(): MaybePromise<Interruption | undefined>;
  writeRequestBody(chunk: Uint8Array | ByteString): MaybePromise<{ interruption: Interruption | undefined; accepted: number }>;
  processRequestBody(): MaybePromise<Interruption | undefined>;
  addResponseHeader(name: ByteString, value: ByteString): void;
  addResponseArgument(name: ByteString, value: ByteString): void;
  processResponseHeaders(status: number, protocol: ByteString): MaybePromise<Interruption | undefined>;
  writeResponseBody(chunk: Uint8Array | ByteString): MaybePromise<{ interruption: Interruption | undefined; accepted: number }>;
  processResponseBody(): MaybePromise<Interruption | undefined>;
  processLogging(): MaybePromise<void>;
  close(): void;
  isRuleEngineOff(): boolean;
  isRequestBodyAccessible(): boolean;
  isResponseBodyAccessible(): boolean;
  isResponseBodyProcessable(): boolean;
  isInterrupted(): boolean;
}
