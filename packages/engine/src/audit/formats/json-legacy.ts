import type { Pair } from "../record.ts";
import type { AuditFormatDefinition } from "./format.ts";
import { stringify, text } from "./json-text.ts";
import { formatTimestamp } from "./time.ts";

/** JsonLegacy: the shape of ModSecurity 2's JSON entries (spec: auditlog, 5). */
export const jsonLegacy: AuditFormatDefinition = {
  name: "JsonLegacy",
  mimeType: "application/json; charset=utf-8",
  format: (record) => {
    const messages = record.messages.filter(({ matchIndex }) => matchIndex !== undefined);
    const headers = joined(record.requestHeaders);
    return stringify({
      transaction: {
        time: formatTimestamp(record.startMs),
        transaction_id: record.id,
        remote_address: record.clientAddress,
        remote_port: record.clientPort,
        local_address: record.serverAddress,
        local_port: record.serverPort,
      },
      request: {
        request_line: `${text(record.method)} ${text(record.uri)} ${text(record.protocol)}`,
        ...(headers === undefined ? {} : { headers }),
      },
      response: {
        status: record.status,
        protocol: text(record.responseProtocol),
        headers: joined(record.responseHeaders) ?? {},
      },
      audit_data: {
        messages:
          messages.length === 0
            ? null
            : messages.map(({ matched, matchIndex }) => text(matched.matches[matchIndex!]!.message)),
        error_messages: record.parts.includes("H")
          ? [...new Set(record.messages.map(({ matched }) => text(matched.errorLog())))]
          : null,
        handler: "",
        stopwatch: { Combined: 0, P1: 0, P2: 0, P3: 0, P4: 0, P5: 0, Sr: 0, Sw: 0, L: 0, Gc: 0 },
        response_body_dechunked: false,
        producer: [`cuirass ${record.productVersion}`, ...record.componentSignatures.map(text)],
        server: "",
        engine_mode: record.ruleEngine,
      },
    });
  },
};

function joined(pairs: readonly Pair[] | undefined): Record<string, string> | undefined {
  if (pairs === undefined || pairs.length === 0) return undefined;
  const map = new Map<string, string>();
  for (const [name, value] of pairs) {
    const key = text(name.toLowerCase());
    const known = map.get(key);
    map.set(key, known === undefined ? text(value) : `${known}, ${text(value)}`);
  }
  return Object.fromEntries(map);
}
