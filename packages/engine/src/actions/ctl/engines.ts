import type { CtlOption } from "./option.ts";
import { auditLogParts } from "./audit-log-parts.ts";
import { oneOf, wholeNumber } from "./option.ts";

/** Options about the engines and their logs. */
export const engineOptions: readonly CtlOption[] = [
  {
    name: "ruleEngine",
    summary: "On, Off or DetectionOnly. Rules of the current phase go on even with Off.",
    example: "DetectionOnly",
    compile: (value) => {
      const mode = oneOf(value, ["On", "Off", "DetectionOnly"]);
      return (tx) => {
        tx.control.ruleEngine = mode;
      };
    },
  },
  {
    name: "auditEngine",
    summary: "On, Off or RelevantOnly.",
    example: "RelevantOnly",
    compile: (value) => {
      const mode = oneOf(value, ["On", "Off", "RelevantOnly"]);
      return (tx) => {
        tx.control.auditEngine = mode;
      };
    },
  },
  auditLogParts,
  {
    name: "debugLogLevel",
    summary: "Level of the debug log, 0 to 9, for this transaction.",
    example: "9",
    compile: (value) => {
      const level = wholeNumber(value, 0, 9);
      return (tx) => {
        tx.control.debugLogLevel = level;
      };
    },
  },
  ...["hashEngine", "hashEnforcement"].map((name): CtlOption => ({
    name,
    summary: "Accepted without effect; links in responses are not signed.",
    example: "On",
    effect: "none",
    compile: (_value, { warn }) => {
      warn(`ctl:${name} has no effect: links in responses are not signed`, "remove it");
      return () => undefined;
    },
  })),
];
