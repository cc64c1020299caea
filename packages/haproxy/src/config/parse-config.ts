import * as v from "valibot";
import { stringify } from "yaml";
import type { AgentConfig, ApplicationConfig, LogConfig } from "./agent-config.ts";
import type { CurrentForm } from "./current-form.ts";
import type { PathStep } from "./yaml-source.ts";
import { isLocal, parseBind } from "./bind-address.ts";
import { currentForm, extensionKeys, knownKeys } from "./current-form.ts";
import { convertOlderForm } from "./older-forms.ts";
import { SpoaConfigError, YamlSource } from "./yaml-source.ts";

/** A configuration that can be used. */
export interface ParsedConfig {
  readonly config: AgentConfig;
  readonly warnings: readonly string[];
  /** The file in its current form, when it was written in an older one. */
  readonly converted: string | undefined;
}

const DEFAULT_TTL_MS = 60_000;

/**
 * Reads a configuration file, in its current form or in one of the older ones.
 * @throws SpoaConfigError with every problem found, each with file, line and column.
 */
export function parseConfig(
  text: string,
  file: string,
  options: { readonly strictCompat?: boolean } = {},
): ParsedConfig {
  const strict = options.strictCompat === true;
  const source = new YamlSource(text, file);
  if (source.value === null || source.value === undefined)
    throw new SpoaConfigError([`${file}:1:1: the configuration is empty`]);
  if (typeof source.value !== "object" || Array.isArray(source.value)) {
    throw new SpoaConfigError([`${file}:1:1: expected keys and values`]);
  }
  const older = strict ? undefined : convertOlderForm(source.value);
  const result = v.safeParse(currentForm, older?.value ?? source.value);
  const problems: string[] = [];
  const problem = (path: readonly PathStep[], message: string, what: "key" | "value" = "value"): void => {
    // Paths of a converted file are not those of its text.
    problems.push(`${older === undefined ? source.placeOf(path, what) : file}: ${message}`);
  };
  if (!result.success) {
    for (const issue of result.issues) {
      const path = (issue.path ?? []).map(({ key }) => key as PathStep);
      if (issue.type === "strict_object" && issue.expected === "never") problem(path, unknownKey(path), "key");
      else if (issue.received === "undefined") problem(path, `${String(path.at(-1) ?? "")} is missing`);
      else problem(path, `${path.at(-1) === undefined ? "" : `${String(path.at(-1))}: `}${issue.message}`);
    }
    throw new SpoaConfigError(problems);
  }
  const warnings = [...(older?.notices ?? [])];
  const config = build(result.output, {
    source,
    strict,
    problem,
    warnings,
    isOlder: older !== undefined,
    errorLog: older?.errorLog,
  });
  if (problems.length > 0) throw new SpoaConfigError(problems);
  return { config, warnings, converted: older === undefined ? undefined : stringify(older.value) };
}

interface BuildContext {
  readonly source: YamlSource;
  readonly strict: boolean;
  readonly isOlder: boolean;
  readonly errorLog: string | undefined;
  readonly warnings: string[];
  problem(path: readonly PathStep[], message: string, what?: "key" | "value"): void;
}

function build(form: CurrentForm, context: BuildContext): AgentConfig {
  const { source, warnings, problem } = context;
  const bind = parseBind(form.bind);
  if (bind === undefined) {
    problem(
      ["bind"],
      form.bind === "" ? "bind is required" : `bind: "${form.bind}" is no address; expected host:port or unix:path`,
    );
  } else if (!isLocal(bind)) {
    warnings.push(`bind ${form.bind} is reachable from outside: SPOP has no authentication, let only HAProxy connect`);
  }
  if (context.strict) refuseExtensions(context);
  const log = logOf(form, [], context);
  const list = form.applications ?? [];
  const names = new Set<string>();
  const applications = list.map((settings, index): ApplicationConfig => {
    const path = ["applications", index];
    if (settings.name === "") problem([...path, "name"], "the name is empty");
    if (names.has(settings.name)) problem([...path, "name"], `there is an application "${settings.name}" already`);
    names.add(settings.name);
    let ttl = settings.transaction_ttl_ms;
    if (settings.response_check && ttl <= 0) {
      ttl = DEFAULT_TTL_MS;
      warnings.push(
        `application "${settings.name}": response_check needs transaction_ttl_ms; ${DEFAULT_TTL_MS} is used`,
      );
    }
    return {
      name: settings.name,
      directives: settings.directives,
      directivesLine: context.isOlder ? 1 : source.contentLine([...path, "directives"]),
      responseCheck: settings.response_check,
      transactionTtlMs: ttl,
      transactionActiveLimit: settings.transaction_active_limit,
      transactionActiveBytes: settings.transaction_active_bytes,
      legacyVariables: settings.legacy_variables,
      onTruncated: settings.on_truncated,
      onTruncatedSuspected: settings.on_truncated_suspected ?? settings.on_truncated === "deny",
      onError: settings.on_error,
      log: logOf(settings, path, context),
    };
  });
  const wanted = form.default_application;
  if (wanted !== "" && !names.has(wanted)) problem(["default_application"], `there is no application "${wanted}"`);
  return {
    file: source.file,
    bind: bind ?? { kind: "unix", path: "" },
    bindText: form.bind,
    log,
    errorLog: context.errorLog,
    defaultApplication: wanted === "" ? undefined : wanted,
    applications,
    workers: form.workers,
    maxFrameSize: form.max_frame_size,
    deadlineMs: form.deadline_ms,
    operations: { store: form.store, storeWhenDown: form.store_when_down, masking: form.mask },
  };
}

function logOf(
  keys: Pick<CurrentForm, "log_level" | "log_file" | "log_format">,
  path: readonly PathStep[],
  context: BuildContext,
): LogConfig {
  if (keys.log_format === undefined) {
    const where = path.length === 0 ? "" : ` of ${path.join(".")}`;
    if (context.strict) context.problem(path, `log_format${where} is missing: expected console or json`);
    else context.warnings.push(`log_format${where} is missing: json is used`);
  }
  return { level: keys.log_level ?? "info", file: keys.log_file ?? "", format: keys.log_format ?? "json" };
}

function refuseExtensions(context: BuildContext): void {
  const top = context.source.value as Record<string, unknown>;
  const refuse = (fields: unknown, path: readonly PathStep[]): void => {
    for (const key of Object.keys((fields ?? {}) as object)) {
      if (extensionKeys.has(key)) context.problem([...path, key], `coraza-spoa does not know the key "${key}"`, "key");
    }
  };
  refuse(top, []);
  const applications = top["applications"];
  if (Array.isArray(applications)) applications.forEach((fields, index) => refuse(fields, ["applications", index]));
}

function unknownKey(path: readonly PathStep[]): string {
  const key = String(path.at(-1));
  const inApplication = path.length > 1;
  if (!inApplication && knownKeys.application.includes(key))
    return `unknown key "${key}": it belongs to an application`;
  if (inApplication && knownKeys.top.includes(key)) return `unknown key "${key}": it belongs to the top level`;
  const known = knownKeys[inApplication ? "application" : "top"];
  return `unknown key "${key}"; known are ${known.join(", ")}`;
}
