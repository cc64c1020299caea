import type { MaskingList } from "@cuirass/engine";
import { parseMaskingList } from "@cuirass/node";
import * as v from "valibot";
import type { LogConfig, LogLevelName } from "./agent-config.ts";
import { logLevels } from "./agent-config.ts";

/** Log settings, at the top level and in applications. */
interface LogKeys {
  log_level?: LogLevelName | undefined;
  log_file?: string | undefined;
  log_format?: LogConfig["format"] | undefined;
}

/** Settings of an application, with defaults. */
interface ApplicationForm extends LogKeys {
  name: string;
  directives: string;
  response_check: boolean;
  transaction_ttl_ms: number;
  legacy_variables: boolean;
  transaction_active_limit: number;
  transaction_active_bytes: number;
  on_truncated: "pass" | "flag" | "deny";
  on_truncated_suspected?: boolean | undefined;
  on_error: "flag" | "deny";
}

/** Settings as the file gives them, with defaults. */
export interface CurrentForm extends LogKeys {
  bind: string;
  default_application: string;
  applications: ApplicationForm[] | null;
  deadline_ms: number;
  workers: number;
  max_frame_size: number;
  store: string;
  store_when_down: "local" | "fault";
  mask: MaskingList;
}

/** Booleans as YAML 1.1 writes them too: the peer's parser takes them. */
const boolean = v.union(
  [
    v.boolean(),
    v.pipe(
      v.picklist(["yes", "Yes", "YES", "on", "On", "ON", "no", "No", "NO", "off", "Off", "OFF"]),
      v.transform((word) => /^(?:yes|on)$/i.test(word)),
    ),
  ],
  "expected true or false",
);
const text = v.string("expected a text");
const count = v.pipe(
  v.number("expected a number"),
  v.integer("expected a whole number"),
  v.minValue(0, "must not be negative"),
);
const level = v.picklist(logLevels, `expected one of ${logLevels.join(", ")}`);
const format = v.picklist(["console", "json"], "unknown log format: expected console or json");

const logKeys = { log_level: v.optional(level), log_file: v.optional(text), log_format: v.optional(format) };

const application = v.strictObject({
  name: text,
  directives: v.optional(text, ""),
  response_check: v.optional(boolean, false),
  transaction_ttl_ms: v.optional(v.pipe(v.number("expected a number"), v.integer("expected a whole number")), 0),
  ...logKeys,
  legacy_variables: v.optional(boolean, false),
  transaction_active_limit: v.optional(count, 100_000),
  transaction_active_bytes: v.optional(count, 256 * 1024 * 1024),
  on_truncated: v.optional(v.picklist(["pass", "flag", "deny"], "expected pass, flag or deny"), "flag"),
  on_truncated_suspected: v.optional(boolean),
  on_error: v.optional(v.picklist(["flag", "deny"], "expected flag or deny"), "flag"),
});

/** Words such as `arg:password`. */
const masking = v.pipe(
  v.array(text, "expected a list such as [arg:password, header:authorization]"),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    try {
      return parseMaskingList(dataset.value);
    } catch (error) {
      addIssue({ message: (error as Error).message });
      return NEVER;
    }
  }),
);

const top = v.strictObject(
  {
    bind: v.optional(text, ""),
    default_application: v.optional(text, ""),
    applications: v.optional(v.nullable(v.array(application, "expected a list of applications")), []),
    ...logKeys,
    deadline_ms: v.optional(v.pipe(count, v.minValue(1, "must be at least 1")), 400),
    workers: v.optional(v.pipe(count, v.maxValue(1024, "must be at most 1024")), 0),
    max_frame_size: v.optional(
      v.pipe(count, v.minValue(256, "must be at least 256"), v.maxValue(2 ** 31 - 1, "is too large")),
      65_536,
    ),
    // Workers are threads that come and go with reloads: they cannot share a file.
    store: v.optional(v.pipe(text, v.regex(/^(?:memory$|rediss?:\/\/.)/, "expected memory or redis://HOST")), "memory"),
    store_when_down: v.optional(v.picklist(["local", "fault"], "expected local or fault"), "local"),
    mask: v.optional(masking, []),
  },
  "expected keys and values",
);

/** The configuration file in its current form. Keys it does not know are errors. */
export const currentForm: v.GenericSchema<unknown, CurrentForm> = top;

/** Keys that coraza-spoa does not know. */
export const extensionKeys: ReadonlySet<string> = new Set([
  "legacy_variables",
  "transaction_active_limit",
  "transaction_active_bytes",
  "on_truncated",
  "on_truncated_suspected",
  "on_error",
  "deadline_ms",
  "workers",
  "max_frame_size",
  "store",
  "store_when_down",
  "mask",
]);

/** Keys of the top level and of applications, for hints. */
export const knownKeys: Readonly<Record<"top" | "application", readonly string[]>> = {
  top: Object.keys(top.entries),
  application: Object.keys(application.entries),
};
