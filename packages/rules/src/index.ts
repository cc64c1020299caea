import { files } from "./files.table.ts";

/** Recommended settings, as SecLang text. */
export const recommendedSettings: string = files.get("recommended.conf")!;

/** Names under which configurations include the recommended settings. */
export const recommendedNames: readonly string[] = ["@coraza.conf-recommended", "@cuirass.conf-recommended"];

/** The built-in rule set, in load order: path below `@cuirass_rules/` and content. */
export const baseRules: readonly (readonly [path: string, text: string])[] = [...files]
  .filter(([name]) => name.startsWith("base/"))
  .map(([name, text]) => [name.slice("base/".length), text] as const);

/** Version of the built-in rule set. */
export const baseRulesVersion = "0.1.0";
