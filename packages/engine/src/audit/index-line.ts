import type { AuditRecord } from "./record.ts";
import { quote } from "./quote.ts";
import { formatTimestamp } from "./formats/time.ts";

/**
 * The line of an entry in the concurrent writer's index; the writer adds the path.
 *
 * Compat: one line per entry; Coraza writes four (gaps A28).
 */
export function formatIndexLine(record: AuditRecord): string {
  const request = quote(`${record.method} ${record.uri} ${record.protocol}`);
  return `${record.clientAddress} ${record.serverAddress} - - [${formatTimestamp(record.startMs)}] ${request} ${record.status} ${record.id}`;
}
