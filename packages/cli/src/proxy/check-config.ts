import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ConfigSource } from "@cuirass/engine";
import { ConfigFileError, locateRuleSet, ruleSetSources } from "@cuirass/node";
import { Certificates, parseProxyConfig, readCertificates } from "@cuirass/proxy";
import type { Diagnostic } from "@cuirass/seclang";
import { createSource } from "@cuirass/seclang";

/** What is wrong with a configuration of the proxy, and the rules that it names, each set whole by itself. */
export interface CheckedConfig {
  readonly findings: readonly Diagnostic[];
  readonly ruleSets: readonly (readonly ConfigSource[])[];
}

/** A configuration of the proxy, not of another service: only it names upstreams. */
export function isProxyConfig(file: string): boolean {
  return /\.ya?ml$/i.test(file) && /^(?:upstreams|"upstreams")\s*:/m.test(readFileSync(file, "utf8"));
}

/** Reads a configuration of the proxy as `cuirass proxy --config` would, short of compiling rules and of listening. */
export function checkProxyConfig(file: string): CheckedConfig {
  const text = readFileSync(file, "latin1");
  const source = createSource(file, text);
  const finding = (message: string, line = 1, column = 1): Diagnostic => {
    const start = text.split("\n", line - 1).reduce((sum, before) => sum + before.length + 1, 0) + column - 1;
    return { code: "SERVICE_CONFIG", severity: "error", message, span: { source, start, end: start + 1 } };
  };
  const findings: Diagnostic[] = [];
  const ruleSets: (readonly ConfigSource[])[] = [];
  try {
    const { listeners, ruleSets: sets } = parseProxyConfig(Buffer.from(text, "latin1").toString("utf8"), resolve(file));
    for (const { tls } of listeners) {
      if (tls !== undefined) attempt(() => void new Certificates(readCertificates(tls), tls.minVersion));
    }
    for (const set of sets.values())
      attempt(() => ruleSets.push(ruleSetSources(locateRuleSet({ rules: set.rules }), set)));
  } catch (error) {
    if (!(error instanceof ConfigFileError)) throw error;
    for (const problem of error.problems) {
      const [, line, column, message] = /^.*?:(\d+):(\d+): (.*)$/s.exec(problem.slice(resolve(file).length - 1)) ?? [];
      findings.push(finding(message ?? problem, Number(line ?? 1), Number(column ?? 1)));
    }
  }
  return { findings, ruleSets };

  function attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      findings.push(finding((error as Error).message));
    }
  }
}
