import type { DirectiveDefinition } from "./directive.ts";
import { DirectiveArgumentError } from "./directive.ts";
import { parseInteger, parseText, parseWord } from "./arguments.ts";

/** Directives about the engine as a whole. */
export const ruleEngineDirectives: readonly DirectiveDefinition[] = [
  {
    name: "SecRuleEngine",
    summary: "Whether rules run, and whether they may interrupt.",
    argument: "On, Off or DetectionOnly",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.ruleEngine = parseWord(argument, ["On", "Off", "DetectionOnly"]);
    },
  },
  {
    name: "SecArgumentsLimit",
    summary: "Number of distinct argument names per source; ARGS_LIMIT_EXCEEDED tells when more were dropped.",
    argument: "integer above 0",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.argumentsLimit = parseInteger(argument, 1);
    },
  },
  {
    name: "SecArgumentSeparator",
    summary: "Character between arguments of query strings and forms.",
    argument: "one character",
    effect: "full",
    apply: (argument, { settings }) => {
      if (argument.length !== 1) {
        throw new DirectiveArgumentError(`"${argument}" is not one character`, "expected a single byte such as & or ;");
      }
      settings.argumentSeparator = argument;
    },
  },
  {
    name: "SecCookieFormat",
    summary: "0: Netscape cookies; 1: version 1 cookies with quoted values and attributes.",
    argument: "0 or 1",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.cookieFormat = parseWord(argument, ["0", "1"]) === "1" ? 1 : 0;
    },
  },
  {
    name: "SecCookieV0Separator",
    summary: "Character between version 0 cookies.",
    argument: "one character",
    effect: "full",
    apply: (argument, { settings }) => {
      if (argument.length !== 1) throw new DirectiveArgumentError(`"${argument}" is not one character`);
      settings.cookieV0Separator = argument;
    },
  },
  {
    name: "SecComponentSignature",
    summary: "Adds a component's name and version to audit entries.",
    argument: "text",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.componentSignatures.push(parseText(argument));
    },
  },
  {
    name: "SecSensorId",
    summary: "Name of this sensor in audit entries.",
    argument: "text",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.sensorId = parseText(argument);
    },
  },
  {
    name: "SecServerSignature",
    summary: "Server name in audit entries. The response's Server header is the host's business.",
    argument: "text",
    effect: "partial",
    apply: (argument, { settings, warn }) => {
      settings.serverSignature = parseText(argument);
      warn("SecServerSignature does not change the Server response header", "set that header in the web server");
    },
  },
  {
    name: "SecWebAppId",
    summary: "Value of WEBAPPID, and name space of persistent SESSION and USER collections.",
    argument: "text",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.webAppId = parseText(argument);
    },
  },
];
