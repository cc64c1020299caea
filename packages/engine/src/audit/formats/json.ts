import type { MatchedRule } from "../../matched-rule.ts";
import type { AuditMessage, AuditRecord, Pair } from "../record.ts";
import type { AuditFormatDefinition } from "./format.ts";
import { formatSeverity } from "../../severity.ts";
import { stringify, text } from "./json-text.ts";
import { formatTimestamp } from "./time.ts";

/**
 * JSON: one object (spec: auditlog, 4).
 *
 * Compat: args, http_version, highest_severity, length and the response's protocol are filled (gaps A28).
 */
export const json: AuditFormatDefinition = {
  name: "JSON",
  mimeType: "application/json; charset=utf-8",
  format: (record) => {
    const messages = record.messages.map((message) => messageOf(message, record));
    return stringify({ transaction: transactionOf(record), ...(messages.length > 0 ? { messages } : {}) });
  },
};

function transactionOf(record: AuditRecord): object {
  const { parts } = record;
  return {
    timestamp: formatTimestamp(record.startMs),
    unix_timestamp: record.startMs * 1e6,
    id: record.id,
    client_ip: record.clientAddress,
    client_port: record.clientPort,
    host_ip: record.serverAddress,
    host_port: record.serverPort,
    server_id: text(record.serverName),
    request: {
      method: text(record.method),
      protocol: text(record.protocol),
      uri: text(record.uri),
      http_version: text(record.protocol.slice(record.protocol.indexOf("/") + 1)),
      headers: grouped(record.requestHeaders),
      body: text(record.requestBody ?? record.requestBodyWithoutFiles ?? ""),
      files: record.files?.map(({ name, size, mime }) => ({ name: text(name), size, mime })) ?? null,
      args: grouped(record.args) ?? {},
      length: record.requestLength,
    },
    ...(parts.includes("E") || parts.includes("F") ? { response: responseOf(record) } : {}),
    ...(parts.includes("H") ? { producer: producerOf(record) } : {}),
    highest_severity: record.highestSeverity === undefined ? "" : formatSeverity(record.highestSeverity),
    is_interrupted: record.isInterrupted,
  };
}

function responseOf(record: AuditRecord): object {
  return {
    protocol: text(record.responseProtocol),
    status: record.status,
    headers: grouped(record.responseHeaders),
    body: text(record.responseBody ?? ""),
  };
}

function producerOf(record: AuditRecord): object {
  return {
    connector: "cuirass",
    version: record.productVersion,
    server: "",
    rule_engine: record.ruleEngine,
    stopwatch: stopwatchOf(record),
    rulesets: record.componentSignatures.length === 0 ? null : record.componentSignatures.map(text),
  };
}

/** Nanoseconds: start and elapsed time, then what rules took, together and by phase. */
function stopwatchOf({ startMs, elapsedMicroseconds, phaseMicroseconds }: AuditRecord): string {
  const phases = phaseMicroseconds.map((micro, index) => `p${index + 1}=${micro * 1000}`).join(", ");
  const combined = phaseMicroseconds.reduce((sum, micro) => sum + micro, 0) * 1000;
  return `${startMs * 1e6} ${elapsedMicroseconds * 1000}; combined=${combined}, ${phases}`;
}

function messageOf({ matched, matchIndex }: AuditMessage, record: AuditRecord): object {
  const withErrors = record.parts.includes("H");
  const match = matchIndex === undefined ? undefined : matched.matches[matchIndex];
  return {
    actionset: matchIndex === undefined ? "" : record.componentSignatures.map(text).join(" "),
    message: match === undefined ? "" : text(match.message),
    error_message: withErrors ? text(matched.errorLog()) : "",
    data: match === undefined ? null : ruleData(matched, text(match.message), text(match.data)),
  };
}

/** The `data` object of a message; OCSF embeds it too. */
export function ruleData({ rule }: MatchedRule, message: string, data: string): object {
  return {
    file: text(rule.file),
    line: rule.line,
    id: rule.id,
    rev: text(rule.revision),
    msg: message,
    data,
    severity: rule.severity ?? -1,
    ver: text(rule.version),
    maturity: rule.maturity,
    accuracy: rule.accuracy,
    tags: rule.tags.map(text),
    raw: text(rule.raw),
  };
}

function grouped(pairs: readonly Pair[] | undefined): Record<string, string[]> | null {
  if (pairs === undefined) return null;
  const map = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const key = text(name.toLowerCase());
    const known = map.get(key);
    if (known === undefined) map.set(key, [text(value)]);
    else known.push(text(value));
  }
  return Object.fromEntries(map);
}
