import type { ByteString } from "../../text/bytes.ts";

/** Byte lists for `reactsTo`: a value without any of them is its own result. */
export const upperLetters: ByteString = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
export const lowerLetters: ByteString = "abcdefghijklmnopqrstuvwxyz";
/** TAB, LF, VT, FF, CR, blank. */
export const whiteSpace: ByteString = "\t\n\v\f\r ";
/** Bytes 0x80 to 0xff. */
export const beyondAscii: ByteString = Array.from({ length: 128 }, (_, index) => String.fromCharCode(128 + index)).join(
  "",
);
