import { compilePattern, isPatternError } from "@cuirass/regex";
import type { DirectiveContext, DirectiveDefinition } from "./directive.ts";
import { DirectiveArgumentError } from "./directive.ts";
import { parseAuditLogParts } from "../../audit/parts.ts";
import { parseInteger, parseMode, parseText, parseWord } from "./arguments.ts";

/** Directives about the audit log and the debug log. */
export const loggingDirectives: readonly DirectiveDefinition[] = [
  {
    name: "SecAuditEngine",
    summary: "Whether audit entries are written: always, never, or for relevant transactions.",
    argument: "On, Off or RelevantOnly",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.auditEngine = parseWord(argument, ["On", "Off", "RelevantOnly"]);
    },
  },
  {
    name: "SecAuditLog",
    summary: "File, or address of the audit writer. Nothing is written without it.",
    argument: "path, URL or address",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.auditLog = parseText(argument);
    },
  },
  {
    name: "SecAuditLogFormat",
    summary: "Format of audit entries.",
    argument: "Native, JSON, JsonLegacy, OCSF or a registered name",
    effect: "full",
    apply: (argument, { settings, auditFormats }) => {
      settings.auditLogFormat = known(argument, auditFormats, "audit format");
    },
  },
  {
    name: "SecAuditLogType",
    summary: "How audit entries are written.",
    argument: "Serial, Concurrent, HTTPS, Syslog or a registered name, as far as the host has them",
    effect: "full",
    apply: (argument, { settings, auditWriters }) => {
      settings.auditLogType = known(argument, auditWriters, "audit writer");
    },
  },
  {
    name: "SecAuditLogParts",
    summary: "Parts of an audit entry, in order of output.",
    argument: "letters from A to Z",
    effect: "full",
    apply: (argument, { settings }) => {
      const parts = parseAuditLogParts(argument);
      if (typeof parts !== "string") throw new DirectiveArgumentError(parts.message, parts.hint);
      settings.auditLogParts = parts;
    },
  },
  {
    name: "SecAuditLogRelevantStatus",
    summary: "Statuses that make a transaction relevant.",
    argument: "regular expression",
    effect: "full",
    apply: (argument, { settings }) => {
      try {
        settings.auditLogRelevantStatus = compilePattern(parseText(argument), { dotAll: false, multiline: false });
      } catch (error) {
        if (isPatternError(error)) throw new DirectiveArgumentError(error.message, error.hint);
        throw error;
      }
    },
  },
  {
    name: "SecAuditLogStorageDir",
    summary: "Directory of the concurrent audit writer.",
    argument: "directory",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.auditLogStorageDirectory = parseText(argument);
    },
  },
  {
    name: "SecAuditLogDirMode",
    summary: "Mode of directories that the concurrent audit writer makes.",
    argument: "octal digits",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.auditLogDirectoryMode = parseMode(argument);
    },
  },
  {
    name: "SecAuditLogFileMode",
    summary: "Mode of audit log files.",
    argument: "octal digits",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.auditLogFileMode = parseMode(argument);
    },
  },
  {
    name: "SecDebugLog",
    summary: "File of the debug log.",
    argument: "path, /dev/stdout or /dev/stderr; empty discards",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.debugLog = argument;
    },
  },
  {
    name: "SecDebugLogLevel",
    summary: "0 none, 1 error, 2 warn, 3 info, 4-8 debug, 9 trace.",
    argument: "0 to 9",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.debugLogLevel = parseInteger(argument, 0, 9);
    },
  },
];

function known(argument: string, names: DirectiveContext["auditFormats"], what: string): string {
  const lower = parseText(argument).toLowerCase();
  if (names.includes(lower)) return lower;
  throw new DirectiveArgumentError(`there is no ${what} "${argument}" here`, `known are ${names.join(", ")}`);
}
