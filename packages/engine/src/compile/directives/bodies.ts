import type { DirectiveDefinition } from "./directive.ts";
import { DirectiveArgumentError } from "./directive.ts";
import { parseInteger, parseMode, parseOnOff, parseText, parseWord } from "./arguments.ts";

const BODY_LIMIT_MAXIMUM = 1_073_741_824;

/** Directives about request bodies, response bodies and uploads. */
export const bodyDirectives: readonly DirectiveDefinition[] = [
  {
    name: "SecRequestBodyAccess",
    summary: "Whether request bodies are inspected.",
    argument: "On or Off",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.requestBodyAccess = parseOnOff(argument);
    },
  },
  {
    name: "SecRequestBodyLimit",
    summary: "Bytes of a request body that are inspected.",
    argument: "1 to 1073741824",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.requestBodyLimit = parseInteger(argument, 1, BODY_LIMIT_MAXIMUM);
    },
  },
  {
    name: "SecRequestBodyInMemoryLimit",
    summary: "Bytes of a request body kept in memory; larger ones go to a temporary file.",
    argument: "integer above 0",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.requestBodyInMemoryLimit = parseInteger(argument, 1, BODY_LIMIT_MAXIMUM);
    },
  },
  {
    name: "SecRequestBodyNoFilesLimit",
    summary: "Bytes of a request body without its uploaded files.",
    argument: "integer, 0 for none",
    effect: "full",
    apply: (argument, { settings }) => {
      const limit = parseInteger(argument, 0, BODY_LIMIT_MAXIMUM);
      settings.requestBodyNoFilesLimit = limit === 0 ? undefined : limit;
    },
  },
  {
    name: "SecRequestBodyLimitAction",
    summary: "Refuse a request body past its limit, or inspect what fits.",
    argument: "Reject or ProcessPartial",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.requestBodyLimitAction = parseWord(argument, ["Reject", "ProcessPartial"]);
    },
  },
  {
    name: "SecRequestBodyJsonDepthLimit",
    summary: "Nesting of a JSON request body.",
    argument: "integer above 0",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.requestBodyJsonDepthLimit = parseInteger(argument, 1);
    },
  },
  {
    name: "SecResponseBodyAccess",
    summary: "Whether response bodies are inspected.",
    argument: "On or Off",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.responseBodyAccess = parseOnOff(argument);
    },
  },
  {
    name: "SecResponseBodyLimit",
    summary: "Bytes of a response body that are inspected.",
    argument: "1 to 1073741824",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.responseBodyLimit = parseInteger(argument, 1, BODY_LIMIT_MAXIMUM);
    },
  },
  {
    name: "SecResponseBodyLimitAction",
    summary: "Refuse a response body past its limit, or inspect what fits.",
    argument: "Reject or ProcessPartial",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.responseBodyLimitAction = parseWord(argument, ["Reject", "ProcessPartial"]);
    },
  },
  {
    name: "SecResponseBodyMimeType",
    summary: "Media types of responses whose bodies are inspected. Replaces the list; compared without regard to case.",
    argument: "types separated by blanks",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.responseBodyMimeTypes = parseText(argument).toLowerCase().split(/\s+/);
    },
  },
  {
    name: "SecResponseBodyMimeTypesClear",
    summary: "Empties the list of SecResponseBodyMimeType.",
    argument: "",
    effect: "full",
    apply: (argument, { settings }) => {
      if (argument !== "") throw new DirectiveArgumentError("the directive takes no argument");
      settings.responseBodyMimeTypes = [];
    },
  },
  {
    name: "SecUploadDir",
    summary: "Directory of uploaded files.",
    argument: "an existing, writable directory",
    effect: "full",
    apply: (argument, { settings, host }) => {
      const directory = parseText(argument);
      if (host.fileSystem === undefined || host.tempStorage === undefined) {
        throw new DirectiveArgumentError("this host has no file storage for uploads");
      }
      if (!host.fileSystem.isWritableDirectory(directory)) {
        throw new DirectiveArgumentError(`"${directory}" is not a directory that can be written to`);
      }
      settings.uploadDirectory = directory;
    },
  },
  {
    name: "SecUploadFileLimit",
    summary: "Number of files in one multipart body; MULTIPART_FILE_LIMIT_EXCEEDED tells when there were more.",
    argument: "integer, 0 for none",
    effect: "full",
    apply: (argument, { settings }) => {
      const limit = parseInteger(argument, 0);
      settings.uploadFileLimit = limit === 0 ? undefined : limit;
    },
  },
  {
    name: "SecUploadFileMode",
    summary: "File mode of uploaded files.",
    argument: "octal digits, or default",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.uploadFileMode = argument.toLowerCase() === "default" ? 0o600 : parseMode(argument);
    },
  },
  {
    name: "SecUploadKeepFiles",
    summary: "Whether uploaded files stay after the transaction. Needs SecUploadDir.",
    argument: "On, Off or RelevantOnly",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.uploadKeepFiles = parseWord(argument, ["On", "Off", "RelevantOnly"]);
    },
  },
  {
    name: "SecParseXmlIntoArgs",
    summary: "Whether texts and attributes of XML bodies also become arguments.",
    argument: "On, Off or OnlyArgs",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.parseXmlIntoArgs = parseWord(argument, ["Off", "On", "OnlyArgs"]);
    },
  },
  {
    name: "SecXmlExternalEntity",
    summary: "External entities are never loaded; only Off is accepted.",
    argument: "Off",
    effect: "full",
    apply: (argument) => {
      if (!parseOnOff(argument)) return;
      throw new DirectiveArgumentError(
        "external XML entities cannot be switched on",
        "they let a request read files; write SecXmlExternalEntity Off",
      );
    },
  },
];
