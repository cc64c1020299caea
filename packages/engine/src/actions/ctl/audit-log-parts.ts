import type { ByteString } from "../../text/bytes.ts";
import type { CtlOption } from "./option.ts";
import { ActionArgumentError } from "../../action.ts";

const canonical = "ABCDEFGHIJKZ";

/**
 * `ctl:auditLogParts`: a full list, or letters to add to or remove from the present one.
 *
 * Compat: a changed list keeps A and Z; Coraza loses them (gaps A28). Its order is the canonical one.
 */
export const auditLogParts: CtlOption = {
  name: "auditLogParts",
  summary: "Parts to add (+XY), to remove (-XY), or a full list from A to Z.",
  example: "+E",
  compile: (value) => {
    const letters = value.slice(1);
    if (/^[+-][B-K]+$/.test(value)) {
      const adds = value.startsWith("+");
      return (tx) => {
        tx.control.auditLogParts = change(tx.control.auditLogParts, letters, adds);
      };
    }
    if (!/^A[B-K]*Z$/.test(value)) {
      throw new ActionArgumentError(`"${value}" is no list of audit log parts`, "as in +E, -C or ABCFHZ; A and Z always stay");
    }
    return (tx) => {
      tx.control.auditLogParts = value;
    };
  },
};

function change(present: ByteString, letters: ByteString, adds: boolean): ByteString {
  let parts = "";
  for (const part of canonical) {
    if (letters.includes(part) ? adds : present.includes(part)) parts += part;
  }
  return parts;
}
