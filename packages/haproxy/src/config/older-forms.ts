/** An older configuration in current words, and what to say about it. */
export interface Converted {
  readonly value: Record<string, unknown>;
  /** File for lines of level error, which only the form of 2022 has. */
  readonly errorLog: string | undefined;
  readonly notices: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

const topLevelKeysOf2022 = [
  "log",
  "spoa",
  "include",
  "level",
  "dir",
  "error_log",
  "transaction_ttl",
  "transaction_active_limit",
];

/**
 * Recognises by its shape a configuration for versions of 2022 (form A: rules under `include`) or of 2023 and 2024
 * (form B: applications as a map); undefined for the current form. Source: spec coraza-spoa, 7.
 */
export function convertOlderForm(value: unknown): Converted | undefined {
  if (!isFields(value)) return undefined;
  if (isFields(value["applications"])) return convertMap(value, value["applications"]);
  if (value["applications"] === undefined && topLevelKeysOf2022.some((key) => value[key] !== undefined)) {
    return convertIncludes(value);
  }
  return undefined;
}

/** Form A. Keys may stand at the top or under `log:` and `spoa:`. */
function convertIncludes(top: Fields): Converted {
  const log = isFields(top["log"]) ? top["log"] : {};
  const spoa = isFields(top["spoa"]) ? top["spoa"] : {};
  const all: Fields = { ...top, ...log, ...spoa };
  const known = new Set([
    "log",
    "spoa",
    "level",
    "dir",
    "error_log",
    "bind",
    "include",
    "transaction_ttl",
    "transaction_active_limit",
  ]);
  const notices = unknownKeys(all, known, "");
  const directory = typeof all["dir"] === "string" ? all["dir"] : undefined;
  const file = directory === undefined ? {} : { log_file: `${directory}/server.log` };
  const includes = typeof all["include"] === "string" ? [all["include"]] : listOf(all["include"]);
  const application: Record<string, unknown> = {
    name: "default",
    directives: includes.map((path) => `Include ${path}\n`).join(""),
    response_check: true,
    transaction_ttl_ms: all["transaction_ttl"] ?? 60_000,
    log_level: all["level"] ?? "warn",
    log_format: "json",
    ...file,
    legacy_variables: true,
  };
  if (typeof all["error_log"] === "string") application["log_file"] = all["error_log"];
  if (all["transaction_active_limit"] !== undefined)
    application["transaction_active_limit"] = all["transaction_active_limit"];
  let bind = all["bind"];
  if (bind === undefined || bind === "" || bind === null) {
    bind = "127.0.0.1:9000";
    notices.push("bind is empty: 127.0.0.1:9000 is used");
  }
  return {
    value: {
      bind,
      log_level: all["level"] ?? "warn",
      log_format: "json",
      ...file,
      default_application: "default",
      applications: [application],
    },
    errorLog: directory === undefined ? undefined : `${directory}/error.log`,
    notices,
  };
}

/** Form B. */
function convertMap(top: Fields, applications: Fields): Converted {
  const notices = unknownKeys(top, new Set(["bind", "default_application", "applications"]), "");
  const known = new Set([
    "log_level",
    "log_file",
    "directives",
    "rules",
    "no_response_check",
    "transaction_ttl_ms",
    "transaction_ttl_seconds",
    "transaction_ttl",
    "transaction_active_limit",
  ]);
  const list = Object.entries(applications).map(([name, settings]) => {
    const fields = isFields(settings) ? settings : {};
    notices.push(...unknownKeys(fields, known, `application "${name}": `));
    const rules = listOf(fields["rules"]).map((line) => `${line}\n`);
    const seconds = fields["transaction_ttl_seconds"] ?? fields["transaction_ttl"];
    const ttl = fields["transaction_ttl_ms"] ?? (typeof seconds === "number" ? seconds * 1000 : seconds);
    const converted: Record<string, unknown> = {
      name,
      directives: [fields["directives"], ...rules].filter((part) => typeof part === "string").join("\n"),
      response_check: fields["no_response_check"] !== true,
      log_level: isLevel(fields["log_level"])
        ? fields["log_level"]
        : fields["log_level"] === undefined
          ? "warn"
          : "info",
      log_format: "json",
      legacy_variables: true,
    };
    if (typeof fields["log_file"] === "string") converted["log_file"] = fields["log_file"];
    if (ttl !== undefined) converted["transaction_ttl_ms"] = ttl;
    if (fields["transaction_active_limit"] !== undefined) {
      converted["transaction_active_limit"] = fields["transaction_active_limit"];
    }
    return converted;
  });
  const value: Record<string, unknown> = { log_level: "info", log_format: "json", applications: list };
  if (top["bind"] !== undefined) value["bind"] = top["bind"];
  if (top["default_application"] !== undefined) value["default_application"] = top["default_application"];
  return { value, errorLog: undefined, notices };
}

function unknownKeys(fields: Fields, known: ReadonlySet<string>, where: string): string[] {
  return Object.keys(fields)
    .filter((key) => !known.has(key))
    .map((key) => `${where}unknown key "${key}" is ignored`);
}

function isLevel(value: unknown): boolean {
  return typeof value === "string" && /^(?:trace|debug|info|warn|error|fatal|panic)$/.test(value);
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
