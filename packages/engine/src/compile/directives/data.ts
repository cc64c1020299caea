import type { DirectiveDefinition } from "./directive.ts";
import { DirectiveArgumentError } from "./directive.ts";
import { parseInteger, parseText } from "./arguments.ts";
import { parseUnicodeMap } from "./unicode-map.ts";

/** Directives about persistent collections and data files. */
export const dataDirectives: readonly DirectiveDefinition[] = [
  {
    name: "SecCollectionTimeout",
    summary: "Seconds that a persistent record lives without being touched.",
    argument: "integer above 0",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.collectionTimeout = parseInteger(argument, 1);
    },
  },
  {
    name: "SecDataDir",
    summary: "Directory for stores that keep persistent collections in files.",
    argument: "directory",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.dataDirectory = parseText(argument);
    },
  },
  {
    name: "SecGeoLookupDb",
    summary: "GeoIP database (mmdb) of @geoLookup.",
    argument: "path",
    effect: "full",
    apply: (argument, { settings, host }) => {
      if (host.geoDatabase === undefined) {
        throw new DirectiveArgumentError("this host cannot open GeoIP databases", "give the host a `geoDatabase` port");
      }
      settings.geoLookupDatabase = parseText(argument);
    },
  },
  {
    name: "SecHttpBlKey",
    summary: "Access key of the HTTP:BL service, for @rbl.",
    argument: "twelve letters",
    effect: "full",
    apply: (argument, { settings }) => {
      settings.httpBlKey = parseText(argument);
    },
  },
  {
    name: "SecUnicodeMapFile",
    summary: "File with the best-fit map of t:urlDecodeUni and the code page to take from it.",
    argument: "path and code page number",
    effect: "full",
    apply: (argument, context) => {
      const blank = argument.lastIndexOf(" ");
      const page = blank < 0 ? "" : argument.slice(blank + 1);
      if (!/^\d{1,6}$/.test(page)) {
        throw new DirectiveArgumentError(
          "the code page is missing",
          "expected a path and a number, as in unicode.mapping 20127",
        );
      }
      const map = parseUnicodeMap(context.readFile(argument.slice(0, blank).trim()), page);
      if (map === undefined) throw new DirectiveArgumentError(`the file has no code page ${page}`);
      context.settings.unicodeMap = map;
    },
  },
  {
    name: "SecUnicodeMap",
    summary: "Code page of t:urlDecodeUni; 20127 is built in.",
    argument: "20127, or path and code page number",
    effect: "full",
    apply: (argument, context) => {
      if (argument === "20127") context.settings.unicodeMap = undefined;
      else dataDirectives.find((d) => d.name === "SecUnicodeMapFile")!.apply(argument, context);
    },
  },
];
