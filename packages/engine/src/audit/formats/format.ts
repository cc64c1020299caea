import type { ByteString } from "../../text/bytes.ts";
import type { AuditRecord } from "../record.ts";

/** A format of audit entries. */
export interface AuditFormatDefinition {
  /** Any case in SecAuditLogFormat. */
  readonly name: string;
  readonly mimeType: string;
  /** The entry as bytes; "" writes nothing. Must not throw on any bytes. */
  format(record: AuditRecord): ByteString;
}
