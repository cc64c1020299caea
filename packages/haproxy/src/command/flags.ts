/** Options of the agent's command line. */
export interface SpoaFlags {
  readonly config: string;
  readonly validate: boolean;
  readonly autoreload: boolean;
  readonly metricsAddr: string;
  readonly version: boolean;
  readonly cpuprofile: string;
  readonly memprofile: string;
  readonly strictCompat: boolean;
  readonly convertConfig: boolean;
  readonly probe: boolean;
  readonly help: boolean;
}

interface FlagDefinition {
  readonly key: keyof SpoaFlags;
  readonly value: string | undefined;
  readonly help: string;
}

const config: FlagDefinition = { key: "config", value: "FILE", help: "configuration file" };
const help: FlagDefinition = { key: "help", value: undefined, help: "this text" };

/** Flags by name: those of coraza-spoa, then our own. */
const definitions: ReadonlyMap<string, FlagDefinition> = new Map([
  ["config", config],
  ["config-file", { ...config, help: "the same, as in versions of 2022" }],
  ["validate", { key: "validate", value: undefined, help: "check the configuration and all rules, then exit" }],
  ["autoreload", { key: "autoreload", value: undefined, help: "reload when the configuration or a rule file changes" }],
  [
    "metrics-addr",
    { key: "metricsAddr", value: "HOST:PORT", help: "serve /metrics for Prometheus, /healthz and /readyz" },
  ],
  ["version", { key: "version", value: undefined, help: "print the version, then exit" }],
  ["cpuprofile", { key: "cpuprofile", value: "FILE", help: "accepted; use node --cpu-prof instead" }],
  ["memprofile", { key: "memprofile", value: "FILE", help: "accepted; use node --heap-prof instead" }],
  ["strict-compat", { key: "strictCompat", value: undefined, help: "refuse what coraza-spoa would refuse" }],
  [
    "convert-config",
    { key: "convertConfig", value: undefined, help: "print an older configuration in its current form" },
  ],
  ["probe", { key: "probe", value: undefined, help: "ask a running agent whether it is healthy; exit code 0 or 1" }],
  ["h", help],
  ["help", help],
] as const);

/** The command line is wrong; usage and exit code 2 are due. */
export class FlagError extends Error {}

/**
 * Reads flags as Go programs do: one or two dashes, `-flag value` or `-flag=value`, booleans bare or `=true`; the first
 * other word ends them. @throws FlagError
 */
export function parseFlags(words: readonly string[]): SpoaFlags {
  const flags = {
    config: "",
    validate: false,
    autoreload: false,
    metricsAddr: "",
    version: false,
    cpuprofile: "",
    memprofile: "",
    strictCompat: false,
    convertConfig: false,
    probe: false,
    help: false,
  };
  for (let at = 0; at < words.length; at++) {
    const match = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(words[at]!);
    if (match === null) break;
    const definition = definitions.get(match[1]!);
    if (definition === undefined) throw new FlagError(`flag provided but not defined: -${match[1]!}`);
    const target = flags as Record<string, string | boolean>;
    if (definition.value === undefined) target[definition.key] = truth(match[1]!, match[2] ?? "true");
    else {
      const value = match[2] ?? words[++at];
      if (value === undefined) throw new FlagError(`flag needs an argument: -${match[1]!}`);
      target[definition.key] = value;
    }
  }
  return flags;
}

/** What `-help` prints. */
export function usage(program: string): string {
  const lines = [...definitions]
    .filter(([name]) => name !== "h")
    .map(([name, { value, help: text }]) => `  -${value === undefined ? name : `${name} ${value}`}\n    \t${text}`);
  return `Usage of ${program}:\n${lines.join("\n")}\n`;
}

function truth(name: string, value: string): boolean {
  if (["1", "t", "T", "true", "TRUE", "True"].includes(value)) return true;
  if (["0", "f", "F", "false", "FALSE", "False"].includes(value)) return false;
  throw new FlagError(`invalid boolean value "${value}" for -${name}`);
}
