import type { AuditEntry } from "@cuirass/engine";

/** Header fields of our syslog messages. */
export interface SyslogIdentity {
  /** 0 to 23; 16 is LOCAL0. */
  readonly facility: number;
  readonly hostname: string;
  readonly appName: string;
  readonly processId: number;
}

/** Severities of RFC 5424: 3 is Error, 6 is Informational. */
const ERROR = 3;
const INFORMATIONAL = 6;

/**
 * An entry as a message of RFC 5424, without framing:
 *
 *     <131>1 2026-01-02T03:04:05.678Z host cuirass 4711 audit [origin software="cuirass"] {"transaction":...}
 *
 * The text goes as the bytes it is (MSG-ANY). Severity is Error for interrupted transactions, else Informational.
 */
export function formatSyslog(entry: AuditEntry, { facility, hostname, appName, processId }: SyslogIdentity): Buffer {
  const priority = facility * 8 + (entry.interrupted ? ERROR : INFORMATIONAL);
  const time = new Date(entry.startMs).toISOString();
  const header = `<${priority}>1 ${time} ${field(hostname, 255)} ${field(appName, 48)} ${processId} audit`;
  return Buffer.from(`${header} [origin software="cuirass"] ${entry.text.replace(/\n+$/, "")}`, "latin1");
}

/** Printable ASCII without blanks, within a length; `-` when there is nothing left. */
function field(text: string, length: number): string {
  return text.replaceAll(/[^\x21-\x7e]/g, "").slice(0, length) || "-";
}
