import type { ByteString } from "../../text/bytes.ts";
import type { AuditRecord, Pair } from "../record.ts";
import type { AuditFormatDefinition } from "./format.ts";
import { quote } from "../quote.ts";
import { reasonPhrase } from "./reason-phrase.ts";
import { formatTimestamp } from "./time.ts";

/** Native: the sectioned text of ModSecurity, as Coraza writes it (spec: auditlog, 3). */
export const native: AuditFormatDefinition = {
  name: "Native",
  mimeType: "application/x-coraza-auditlog-native",
  format: (record) => {
    const boundary = boundaryOf(record.id);
    let out = "";
    for (const part of record.parts) {
      out += `--${boundary}-${part}--\n${partText(part, record)}`;
      if (part !== "A") out += "\n";
    }
    return out;
  },
};

/** Ten letters from the transaction's id and start: the same entry gets the same boundary. */
function boundaryOf(id: string): string {
  let hash = 2166136261;
  let out = "";
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 16777619);
  for (let count = 0; count < 10; count++) {
    hash = Math.imul(hash ^ (hash >>> 13), 1540483477) + count;
    const index = (hash >>> 0) % 52;
    out += String.fromCharCode(index < 26 ? 65 + index : 71 + index);
  }
  return out;
}

function partText(part: string, record: AuditRecord): ByteString {
  switch (part) {
    case "A":
      return `[${formatTimestamp(record.startMs)}] ${record.id} ${record.clientAddress} ${record.clientPort} ${record.serverAddress} ${record.serverPort}\n`;
    case "B":
      return `${record.method} ${record.uri} ${record.protocol}\n${headerLines(record.requestHeaders)}`;
    case "C":
      return line(record.requestBody);
    case "E":
      return line(record.responseBody);
    case "F":
      return `${record.responseProtocol || "HTTP/1.1"} ${record.status} ${reasonPhrase(record.status)}\n${headerLines(record.responseHeaders)}`;
    case "H":
      return errorLines(record);
    case "I":
      return line(record.requestBodyWithoutFiles);
    case "J":
      return fileLines(record);
    case "K":
      return record.messages.map(({ matched }) => `${matched.rule.raw}\n`).join("");
    default:
      return "";
  }
}

function headerLines(headers: readonly Pair[] | undefined): ByteString {
  return (headers ?? []).map(([name, value]) => `${name.toLowerCase()}: ${value}\n`).join("");
}

function line(text: ByteString | undefined): ByteString {
  return text === undefined || text === "" ? "" : `${text}\n`;
}

/** Compat: once per rule, whatever the order of H and K (gaps A28). */
function errorLines(record: AuditRecord): ByteString {
  const rules = new Set(record.messages.map(({ matched }) => matched));
  return [...rules].map((matched) => `${matched.errorLog()}\n`).join("");
}

function fileLines({ files }: AuditRecord): ByteString {
  if (files === undefined) return "";
  const rows = files.map(
    ({ name, size, mime }, index) => `${index + 1},${size},${quote(name)},${quote(mime || "<Unknown Content-Type>")}\n`,
  );
  return `${rows.join("")}Total,${files.reduce((sum, file) => sum + file.size, 0)}\n`;
}
