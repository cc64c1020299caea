import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ConfigSource, Waf, WafConfig } from "@cuirass/engine";
import { createWaf } from "@cuirass/engine";
import { createPlainWaf } from "@cuirass/engine/testing";
import { createNodeHost, supportedAuditWriters } from "@cuirass/node";
import { MissingInputError } from "./workload.ts";

/** Paranoia level 1, level 4, and level 4 with thresholds out of reach, so that every phase runs. */
export type Level = 1 | 4 | "4-full";

/** All levels in the order of the tables. */
export const levels: readonly Level[] = [1, 4, "4-full"];

/** This package's folder. */
export const packageFolder: string = fileURLToPath(new URL("..", import.meta.url));

/** The settings that every engine is measured with. */
export const preambleFile: string = join(packageFolder, "conf", "preamble.conf");

const UNREACHABLE = 100_000;

/** Paths of the development data. */
export interface SharedData {
  readonly crs: string;
  readonly workload: string;
  readonly generator: string;
}

/**
 * Finds the development data.
 * @throws MissingInputError when they lack the CRS, without which there is nothing to measure.
 */
export function locateShared(folder: string | undefined): SharedData {
  const shared = folder ?? process.env["CUIRASS_SHARED"] ?? join(packageFolder, "..", "..", "..", "shared");
  const crs = join(shared, "crs", "4.28.0");
  if (!existsSync(join(crs, "rules"))) {
    throw new MissingInputError(
      `no OWASP CRS 4.28.0 at ${crs}: set CUIRASS_SHARED to the folder of the development data`,
    );
  }
  return {
    crs,
    workload: join(shared, "bench", "workload.json"),
    generator: join(shared, "bench", "gen-workload.mjs"),
  };
}

/** What sets the paranoia level, between the CRS's setup file and its rules. */
export function levelDirectives(level: Level): string {
  const settings = [`setvar:tx.blocking_paranoia_level=${level === 1 ? 1 : 4}`];
  if (level === "4-full") {
    settings.push(`setvar:tx.inbound_anomaly_score_threshold=${UNREACHABLE}`);
    settings.push(`setvar:tx.outbound_anomaly_score_threshold=${UNREACHABLE}`);
  }
  return `SecAction "id:900000,phase:1,pass,t:none,nolog,${settings.join(",")}"\n`;
}

/** Preamble, setup, level, rules; `after` are directives of one WAF alone. */
export function configurationSources(crs: string, level: Level, after?: string): ConfigSource[] {
  const sources: ConfigSource[] = [
    { file: preambleFile },
    { file: join(crs, "crs-setup.conf.example") },
    { name: "level.conf", text: levelDirectives(level) },
    { file: join(crs, "rules", "*.conf") },
  ];
  if (after !== undefined) sources.push({ name: "after.conf", text: after });
  return sources;
}

/** A WAF of the bench on the Node host. */
export function createBenchWaf(directives: readonly ConfigSource[], more: Partial<WafConfig> = {}): Waf {
  return createWaf(benchConfig(directives, more));
}

/** The same rule by rule: what verdicts are compared with. */
export function createPlainBenchWaf(directives: readonly ConfigSource[]): Waf {
  return createPlainWaf(benchConfig(directives, { timeBudgetMs: Infinity }));
}

function benchConfig(directives: readonly ConfigSource[], more: Partial<WafConfig>): WafConfig {
  return {
    // The recommended value; not in the preamble because libmodsecurity 3 refuses the directive.
    requestBodyInMemoryLimit: 131_072,
    ...more,
    directives,
    host: createNodeHost(),
    plugins: { auditWriters: supportedAuditWriters },
  };
}
