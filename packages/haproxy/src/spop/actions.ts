import type { TypedData } from "./typed-data.ts";
import { nameLength, typedDataLength, writeName, writeTypedData } from "./typed-data.ts";

/** Scopes of variables (source: spec spop, 2.6). */
export const Scope = { proc: 0, sess: 1, txn: 2, req: 3, res: 4 } as const;

/** A variable that HAProxy sets or removes. */
export interface VariableAction {
  readonly scope: number;
  readonly name: string;
  /** Undefined removes the variable. */
  readonly data: TypedData | undefined;
}

const SET = 1;
const UNSET = 2;

/** Bytes of the actions in an ACK. */
export function actionsLength(actions: readonly VariableAction[]): number {
  let length = 0;
  for (const { name, data } of actions)
    length += 3 + nameLength(name) + (data === undefined ? 0 : typedDataLength(data));
  return length;
}

/** The payload of an ACK. */
export function encodeActions(actions: readonly VariableAction[]): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(actionsLength(actions));
  let at = 0;
  for (const { scope, name, data } of actions) {
    payload[at++] = data === undefined ? UNSET : SET;
    payload[at++] = data === undefined ? 2 : 3;
    payload[at++] = scope;
    at = writeName(payload, at, name);
    if (data !== undefined) at = writeTypedData(payload, at, data);
  }
  return payload;
}
