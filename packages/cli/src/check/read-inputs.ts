import { readFileSync } from "node:fs";
import type { ConfigSource } from "@cuirass/engine";
import { parseConfig, SpoaConfigError } from "@cuirass/haproxy";
import type { Finding } from "@cuirass/lint";
import { createSource } from "@cuirass/seclang";
import { checkProxyConfig, isProxyConfig } from "../proxy/check-config.ts";

/** Configurations to check, each whole by itself. */
export interface CheckInputs {
  readonly configurations: readonly (readonly ConfigSource[])[];
  /** What is wrong with service configurations. */
  readonly findings: readonly Finding[];
}

/**
 * Rule files belong together and are read in order; of a service configuration (YAML) every application or rule set is on
 * its own.
 */
export function readInputs(files: readonly string[]): CheckInputs {
  const rules: ConfigSource[] = [];
  const configurations: ConfigSource[][] = [];
  const findings: Finding[] = [];
  for (const file of files) {
    if (!/\.ya?ml$/i.test(file)) {
      rules.push({ file });
      continue;
    }
    if (isProxyConfig(file)) {
      const checked = checkProxyConfig(file);
      findings.push(...checked.findings);
      configurations.push(...checked.ruleSets.map((sources) => [...sources]));
      continue;
    }
    const text = readFileSync(file, "latin1");
    try {
      const { config, warnings } = parseConfig(Buffer.from(text, "latin1").toString("utf8"), file);
      for (const warning of warnings) findings.push(serviceFinding("warning", warning, file, text));
      for (const { directives, directivesLine } of config.applications) {
        // Line breaks in front put every directive on the line that it has in the file.
        configurations.push([{ name: file, text: "\n".repeat(directivesLine - 1) + directives }]);
      }
    } catch (error) {
      if (!(error instanceof SpoaConfigError)) throw error;
      for (const problem of error.problems) findings.push(serviceFinding("error", problem, file, text));
    }
  }
  if (rules.length > 0) configurations.unshift(rules);
  return { configurations, findings };
}

/** `file:line:column: message`, the place left out when it is not known. */
function serviceFinding(severity: "error" | "warning", problem: string, file: string, text: string): Finding {
  const place = problem.startsWith(file) ? /^:(\d+):(\d+): (.*)$/s.exec(problem.slice(file.length)) : null;
  const source = createSource(file, text);
  if (place === null) {
    const message = problem.startsWith(`${file}: `) ? problem.slice(file.length + 2) : problem;
    return { code: "SERVICE_CONFIG", severity, message, span: { source, start: 0, end: 0 } };
  }
  const lines = text.split("\n").slice(0, Number(place[1]) - 1);
  const start = lines.reduce((sum, line) => sum + line.length + 1, 0) + Number(place[2]) - 1;
  return { code: "SERVICE_CONFIG", severity, message: place[3]!, span: { source, start, end: start + 1 } };
}
