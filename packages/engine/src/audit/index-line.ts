import type { AuditRecord } from "./record.ts";
import { escapeField, quote } from "./quote.ts";
import { formatTimestamp } from "./formats/time.ts";

/**
 * The line of an entry in the concurrent writer's index; the writer adds the path.
 *
 * Compat: one line per entry, Coraza writes four; bytes that would break the line or a field are escaped (gaps A28).
 */
export function formatIndexLine(record: AuditRecord): string {
  const request = quote(`${record.method} ${record.uri} ${record.protocol}`);
  const addresses = `${escapeField(record.clientAddress)} ${escapeField(record.serverAddress)}`;
  return `${addresses} - - [${formatTimestamp(record.startMs)}] ${request} ${record.status} ${escapeField(record.id)}`;
}
