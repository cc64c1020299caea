import type { HeaderLine, RecordedExchange } from "./recorded-exchange.ts";
import { TrafficError } from "./recorded-exchange.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * One JSON record as an exchange: an entry of an audit log (`JSON`, `JsonLegacy`, ModSecurity 3's JSON), or an object with
 * method, uri, headers, body and response. Strings of the record are byte strings already.
 * @throws TrafficError when it is none of these.
 */
export function readJsonRecord(value: unknown, name: string): RecordedExchange {
  const record = value as Fields;
  if (isObject(value)) {
    if (isObject(record["transaction"])) return readAudit(record, record["transaction"] as Fields, name);
    if (typeof record["method"] === "string" && typeof record["uri"] === "string") return readExchange(record, name);
  }
  throw new TrafficError(`${name}: neither an entry of an audit log nor an object with method and uri`);
}

function readExchange(record: Fields, name: string): RecordedExchange {
  const response = record["response"] as Fields | undefined;
  const kind = record["class"];
  const label = text(record["name"]);
  return {
    name: label === "" ? name : label,
    method: text(record["method"]),
    uri: text(record["uri"]),
    protocol: text(record["protocol"]) || "HTTP/1.1",
    headers: headersOf(record["headers"]),
    body: bodyOf(record),
    ...(typeof record["client"] === "string" ? { client: record["client"] } : {}),
    ...(kind === "benign" || kind === "attack" ? { kind } : {}),
    ...(isObject(response)
      ? {
          response: {
            status: Number(response["status"] ?? 200),
            protocol: text(response["protocol"]) || "HTTP/1.1",
            headers: headersOf(response["headers"]),
            body: bodyOf(response),
          },
        }
      : {}),
  };
}

function readAudit(record: Fields, transaction: Fields, name: string): RecordedExchange {
  const request = (transaction["request"] ?? record["request"]) as Fields | undefined;
  if (!isObject(request)) throw new TrafficError(`${name}: the audit entry has no request (part B is needed)`);
  const [lineMethod = "", lineUri = "", lineProtocol = ""] = text(request["request_line"]).split(" ");
  const response = (transaction["response"] ?? record["response"]) as Fields | undefined;
  const messages = (transaction["messages"] ?? record["messages"]) as readonly Fields[] | undefined;
  const version = text(request["http_version"]);
  const protocol = text(request["protocol"]) || (version === "" ? lineProtocol : `HTTP/${version}`) || "HTTP/1.1";
  const client = text(transaction["client_ip"]) || text(transaction["remote_address"]);
  const id = text(transaction["id"]) || text(transaction["unique_id"]) || text(transaction["transaction_id"]);
  return {
    name: id === "" ? name : id,
    method: text(request["method"]) || lineMethod,
    uri: text(request["uri"]) || lineUri,
    protocol,
    headers: headersOf(request["headers"]),
    body: text(request["body"]),
    ...(client === "" ? {} : { client }),
    ...(isObject(response)
      ? {
          response: {
            status: Number(response["status"] ?? response["http_code"] ?? 200),
            protocol: text(response["protocol"]) || protocol,
            headers: headersOf(response["headers"]),
            body: text(response["body"]),
          },
        }
      : {}),
    ...(typeof transaction["is_interrupted"] === "boolean"
      ? { recorded: { blocked: transaction["is_interrupted"], ids: idsOf(messages) } }
      : {}),
  };
}

/** Ids of the rules that an entry names, ascending, each once. */
function idsOf(messages: readonly Fields[] | undefined): number[] {
  const ids = (messages ?? []).map((message) =>
    Number((message["data"] as Fields | null)?.["id"] ?? (message["details"] as Fields | undefined)?.["ruleId"]),
  );
  return [...new Set(ids.filter((id) => id > 0))].toSorted((a, b) => a - b);
}

/** `[[name, value]]`, `[{name, value}]`, `{name: value}` and `{name: [values]}`. */
function headersOf(value: unknown): HeaderLine[] {
  if (Array.isArray(value)) {
    return value.map((line: unknown) =>
      Array.isArray(line)
        ? [text(line[0]), text(line[1])]
        : [text((line as Fields)["name"]), text((line as Fields)["value"])],
    );
  }
  if (!isObject(value)) return [];
  return Object.entries(value as Fields).flatMap(([name, content]) =>
    Array.isArray(content) ? content.map((one): HeaderLine => [name, text(one)]) : [[name, text(content)] as const],
  );
}

function bodyOf(record: Fields): string {
  const encoded = record["bodyBase64"];
  return typeof encoded === "string" ? Buffer.from(encoded, "base64").toString("latin1") : text(record["body"]);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
