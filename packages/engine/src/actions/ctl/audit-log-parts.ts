import type { CtlOption } from "./option.ts";
import { ActionArgumentError } from "../../action.ts";
import { changeAuditLogParts } from "../../audit/parts.ts";

/** `ctl:auditLogParts`: a full list, or letters to add to or remove from the present one. */
export const auditLogParts: CtlOption = {
  name: "auditLogParts",
  summary: "Parts to add (+XY), to remove (-XY), or a full list from A to Z.",
  example: "+E",
  compile: (value) => {
    const check = changeAuditLogParts("AZ", value);
    if (typeof check !== "string") throw new ActionArgumentError(check.message, check.hint);
    return (tx) => {
      const parts = changeAuditLogParts(tx.control.auditLogParts, value);
      if (typeof parts === "string") tx.control.auditLogParts = parts;
    };
  },
};
