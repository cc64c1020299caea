import type { AuditRecord, Pair } from "../record.ts";
import type { AuditFormatDefinition } from "./format.ts";
import type { Severity } from "../../severity.ts";
import { ruleData } from "./json.ts";
import { stringify, text } from "./json-text.ts";

/** OCSF severity ids (schema 1.2.0) by SecLang severity. */
const severities: readonly (readonly [id: number, name: string])[] = [
  [6, "Fatal"],
  [5, "Critical"],
  [5, "Critical"],
  [4, "High"],
  [3, "Medium"],
  [2, "Low"],
  [1, "Informational"],
  [1, "Informational"],
];

/**
 * OCSF 1.2.0, class Web Resources Activity (spec: auditlog, 6).
 *
 * Compat: times in milliseconds, the offset in minutes, the true severity, and no crash without part K (gaps A6, A28).
 */
export const ocsf: AuditFormatDefinition = {
  name: "OCSF",
  mimeType: "application/json",
  format: (record) => stringify(prune(eventOf(record))),
};

function eventOf(record: AuditRecord): object {
  const header = (name: string): string | undefined => {
    const found = record.requestHeaders?.find(([key]) => key.toLowerCase() === name);
    return found === undefined ? undefined : text(found[1]);
  };
  const [severityId, severity] = severityOf(record.highestSeverity);
  const withMatch = record.messages.filter(({ matchIndex }) => matchIndex !== undefined);
  return {
    activity_id: 2,
    activity_name: "Read",
    category_uid: 6,
    category_name: "Application Activity",
    class_uid: 6001,
    class_name: "Web Resources Activity",
    type_uid: 600102,
    type_name: "Read",
    time: record.startMs,
    start_time: record.startMs,
    action_id: record.isInterrupted ? 2 : 1,
    action: record.isInterrupted ? "Denied" : "Allowed",
    disposition_id: record.isInterrupted ? 2 : 1,
    disposition: record.isInterrupted ? "Blocked" : "Allowed",
    metadata: {
      log_provider: "cuirass",
      log_version: record.productVersion,
      logged_time: record.startMs + Math.round(record.elapsedMicroseconds / 1000),
      product: { vendor_name: "Cuirass", name: "Cuirass", version: record.productVersion },
      version: "1.2.0",
      // Where action and disposition belong.
      profiles: ["security_control"],
    },
    message: withMatch[0] === undefined ? undefined : text(withMatch[0].matched.message),
    enrichments: withMatch.map(({ matched, matchIndex }) => {
      const match = matched.matches[matchIndex!]!;
      const [message, data] = [text(match.message), text(match.data)];
      // All three are required, and neither message nor data of a rule is.
      return {
        data: JSON.stringify(ruleData(matched, message, data)),
        name: message || `rule ${matched.rule.id}`,
        value: data || nameOf(match),
      };
    }),
    http_request: {
      version: text(record.protocol),
      args: record.args.map(([name, value]) => `${text(name)}=${text(value)},`).join(""),
      http_method: text(record.method),
      uid: record.id,
      url: { url_string: text(record.uri) },
      http_headers: headerList(record.requestHeaders),
      length: record.requestLength,
      user_agent: header("user-agent"),
      referrer: header("referer"),
      x_forwarded_for: header("x-forwarded-for")
        ?.split(",")
        .map((address) => address.trim()),
    },
    http_response:
      record.status === 0 ? undefined : { code: record.status, http_headers: headerList(record.responseHeaders) },
    src_endpoint: { ip: record.clientAddress, port: record.clientPort },
    dst_endpoint: { ip: record.serverAddress, port: record.serverPort },
    web_resources: [record.uri === "" ? { name: "unknown" } : { url_string: text(record.uri) }],
    severity_id: severityId,
    severity,
    timezone_offset: -new Date(record.startMs).getTimezoneOffset(),
    observables: [
      { name: "ServerID", type_id: 99, value: text(record.serverName) },
      ...(record.files ?? []).flatMap(({ name, size, mime }) => [
        { name: "File Name", type_id: 7, value: text(name) },
        { name: "Size", type_id: 99, value: String(size) },
        { name: "Mime", type_id: 99, value: mime },
      ]),
    ],
  };
}

function severityOf(severity: Severity | undefined): readonly [id: number, name: string] {
  return severity === undefined ? [0, "Unknown"] : severities[severity]!;
}

function nameOf({ variable, key }: { readonly variable: string; readonly key: string }): string {
  return text(key === "" ? variable : `${variable}:${key}`);
}

/** Both fields of a header are required, so that an empty value is written as a blank. */
function headerList(pairs: readonly Pair[] | undefined): object[] | undefined {
  return pairs?.map(([name, value]) => ({ name: text(name), value: text(value) || " " }));
}

/** Without empty texts, lists, objects and undefined fields, as the schema asks. */
function prune(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(prune);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, prune(inner)] as const)
      .filter(([, inner]) => inner !== undefined && inner !== "" && !isEmpty(inner)),
  );
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
