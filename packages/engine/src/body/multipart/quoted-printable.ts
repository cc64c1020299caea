import type { ByteString } from "../../text/bytes.ts";

/** Decodes quoted-printable (RFC 2045, 6.7); what is not valid stays as it is. */
export function decodeQuotedPrintable(text: ByteString): ByteString {
  if (!text.includes("=")) return text;
  return text
    .replaceAll(/=\r?\n/g, "")
    .replaceAll(/=([0-9A-Fa-f]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
