import type { Message } from "../spop/message.ts";
import type { TypedData } from "../spop/typed-data.ts";
import { textOf } from "../spop/message.ts";
import { addressText } from "./address.ts";

/** What a `coraza-req` or `coraza-res` message says. Absent and unusable arguments are undefined or have their default. */
export interface MessageArguments {
  readonly app: string | undefined;
  readonly id: string | undefined;
  readonly sourceAddress: string;
  readonly sourcePort: number;
  readonly targetAddress: string;
  readonly targetPort: number;
  readonly method: string;
  readonly path: string | undefined;
  readonly query: string | undefined;
  readonly version: string;
  readonly headers: TypedData | undefined;
  readonly body: Uint8Array;
  /** What HAProxy knows of the body's whole size. */
  readonly bodySize: number | undefined;
  readonly status: number;
  readonly exportRuleIds: boolean;
  readonly detectOnly: boolean;
  /** Arguments with names that mean nothing here, or only as an alias. */
  readonly oddNames: readonly string[];
}

const empty = new Uint8Array(0);

/** Reads arguments by name; the last of duplicates wins (source: spec coraza-spoa, 1). */
export function readArguments(message: Message): MessageArguments {
  const found = {
    app: undefined as string | undefined,
    id: undefined as string | undefined,
    sourceAddress: "",
    sourcePort: 0,
    targetAddress: "",
    targetPort: 0,
    method: "",
    path: undefined as string | undefined,
    query: undefined as string | undefined,
    version: "1.1",
    headers: undefined as TypedData | undefined,
    body: empty as Uint8Array,
    bodySize: undefined as number | undefined,
    status: 0,
    exportRuleIds: false,
    detectOnly: false,
    oddNames: [] as string[],
  };
  for (const { name, data } of message.args) {
    switch (name) {
      case "app":
        found.app = textOf(data);
        break;
      case "id":
        found.id = textOf(data);
        break;
      case "src-ip":
        found.sourceAddress = addressText(data);
        break;
      case "src-port":
        found.sourcePort = number(data) ?? 0;
        break;
      case "dest-ip":
      case "dst-ip":
        if (name === "dest-ip") found.oddNames.push(name);
        found.targetAddress = addressText(data);
        break;
      case "dest-port":
      case "dst-port":
        if (name === "dest-port") found.oddNames.push(name);
        found.targetPort = number(data) ?? 0;
        break;
      case "method":
        found.method = textOf(data) ?? "";
        break;
      case "path":
        found.path = textOf(data);
        break;
      case "query":
        found.query = textOf(data);
        break;
      case "version":
        found.version = textOf(data) || "1.1";
        break;
      case "headers":
        found.headers = data;
        break;
      case "body":
        found.body = data.type === "binary" || data.type === "string" ? data.value : empty;
        break;
      case "body-size":
      case "body-len":
        found.bodySize = number(data);
        break;
      case "status":
        found.status = number(data) ?? 0;
        break;
      case "exportRuleIDs":
        found.exportRuleIds = data.type === "bool" && data.value;
        break;
      case "detect-only":
        found.detectOnly = data.type === "bool" && data.value;
        break;
      default:
        found.oddNames.push(name);
    }
  }
  return found;
}

function number(data: TypedData): number | undefined {
  return data.type === "int64" || data.type === "uint32" || data.type === "int32" || data.type === "uint64"
    ? Number(data.value)
    : undefined;
}
