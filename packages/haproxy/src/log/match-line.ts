import type { MatchedRule } from "@cuirass/engine";
import type { LogConfig, LogLevelName } from "../config/agent-config.ts";
import { formatSeverity } from "@cuirass/engine";
import { formatLine, logs } from "./log-line.ts";

const DATA_LIMIT = 4096;
const URI_LIMIT = 8192;

const phases: readonly string[] = [
  "unknown",
  "request-headers",
  "request-body",
  "response-headers",
  "response-body",
  "logging",
];

/** The line of a matched rule for an application's log; undefined when its level is not written. */
export function matchLine(config: LogConfig, matched: MatchedRule): string | undefined {
  const level = levelOf(matched.rule.severity);
  if (!logs(config, level)) return undefined;
  if (config.format === "console") return formatLine("console", level, {}, asText(matched.errorLog()));
  return formatLine("json", level, { match: matchFields(matched) }, undefined);
}

function levelOf(severity: number | undefined): LogLevelName {
  if (severity === 4) return "warn";
  if (severity === 5 || severity === 6) return "info";
  return severity === 7 ? "debug" : "error";
}

/** The object `match` of JSON lines, in the peer's order (source: spec coraza-spoa, 10). */
function matchFields(matched: MatchedRule): Record<string, unknown> {
  const { rule } = matched;
  return {
    client: matched.clientAddress,
    file: rule.file,
    line: rule.line,
    rule_id: rule.id,
    revision: asText(rule.revision),
    msg: asText(matched.message),
    data: asText(matched.data.slice(0, DATA_LIMIT)),
    severity: formatSeverity(rule.severity),
    severity_id: rule.severity ?? -1,
    version: asText(rule.version),
    maturity: rule.maturity,
    accuracy: rule.accuracy,
    tags: rule.tags.length === 0 ? null : rule.tags.map(asText),
    server: matched.serverAddress,
    uri: asText(matched.uri.slice(0, URI_LIMIT)),
    unique_id: asText(matched.transactionId),
    disruptive: matched.disruptive,
    phase_id: rule.phase,
    phase: phases[rule.phase] ?? "unknown",
  };
}

/** Bytes as text: UTF-8 where they are, U+FFFD where they are not. */
function asText(bytes: string): string {
  for (let at = 0; at < bytes.length; at++) {
    if (bytes.charCodeAt(at) > 0x7f) return Buffer.from(bytes, "latin1").toString("utf8");
  }
  return bytes;
}
