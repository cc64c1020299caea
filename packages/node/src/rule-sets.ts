import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { baseRules, baseRulesVersion, recommendedNames, recommendedSettings } from "@cuirass/rules";
import type { ConfigSource, FileSystem } from "@cuirass/engine";
import { overlayFiles } from "@cuirass/engine";
import { nodeFileSystem } from "./file-system.ts";

/** A rule set on this machine and how it was found. */
export interface RuleSet {
  readonly kind: "crs" | "files" | "built-in";
  /** For people: `OWASP CRS 4.28.0`, `rules of /etc/waf/main.conf`. */
  readonly title: string;
  readonly foundBy: string;
  /** Setup file of a CRS; undefined for others. */
  readonly setupFile: string | undefined;
  /** Folder of the CRS's rules, or the file or glob given. */
  readonly path: string;
  /** The rules include the recommended settings themselves, so they are not to be put before them. */
  readonly bringsSettings: boolean;
}

/** Where to look. */
export interface RuleSetSearch {
  /** Value of `--rules`: a CRS folder, a .conf file or a glob. */
  readonly rules?: string | undefined;
  readonly environment?: NodeJS.ProcessEnv;
  readonly workingDirectory?: string;
}

const DEBIAN = "/usr/share/modsecurity-crs";

/** The user's cache, where `cuirass crs install` puts rule sets. */
export function crsCacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return join(base, "cuirass", "crs");
}

/**
 * The rule set to use: the one asked for, `CUIRASS_CRS`, `./crs`, the newest in the user's cache, Debian's, the built-in one.
 * @throws Error when the one asked for is not there; a wrong option never falls back to something else.
 */
export function locateRuleSet(search: RuleSetSearch = {}): RuleSet {
  const environment = search.environment ?? process.env;
  if (search.rules !== undefined) return openRules(search.rules, "option");
  const fromEnvironment = environment["CUIRASS_CRS"];
  if (fromEnvironment !== undefined && fromEnvironment !== "") return openRules(fromEnvironment, "CUIRASS_CRS");
  const local = join(search.workingDirectory ?? process.cwd(), "crs");
  const candidates: [string, string][] = [
    [local, "./crs"],
    ...newestFirst(crsCacheDirectory(environment)).map((path): [string, string] => [path, "user's cache"]),
    [DEBIAN, "Debian package modsecurity-crs"],
  ];
  for (const [path, foundBy] of candidates) {
    const found = openCrs(path, foundBy);
    if (found !== undefined) return found;
  }
  return builtInRuleSet;
}

/** The rule set that comes with Cuirass. */
export const builtInRuleSet: RuleSet = {
  kind: "built-in",
  title: `built-in rules ${baseRulesVersion}`,
  foundBy: "no CRS is installed",
  setupFile: undefined,
  path: "@cuirass_rules",
  bringsSettings: false,
};

function openRules(path: string, foundBy: string): RuleSet {
  if (path === "built-in") return { ...builtInRuleSet, foundBy };
  const crs = openCrs(path, foundBy);
  if (crs !== undefined) return crs;
  const isGlob = /[*?[]/.test(path);
  if (!isGlob && !existsSync(path)) throw new Error(`no rules at ${path} (${foundBy})`);
  if (!isGlob && statSync(path).isDirectory()) {
    throw new Error(
      `${path} is no CRS folder: expected crs-setup.conf or crs-setup.conf.example, and rules/*.conf (${foundBy})`,
    );
  }
  const bringsSettings = !isGlob && includesSettings(readFileSync(path, "latin1"));
  const title = `rules of ${path}`;
  return { kind: "files", title, foundBy, setupFile: undefined, path: resolve(path), bringsSettings };
}

/** Configurations written for Coraza begin so; the same rules a second time would be duplicates. */
function includesSettings(text: string): boolean {
  return recommendedNames.some((name) =>
    text.split("\n").some((line) => /^\s*include\s/i.test(line) && line.includes(name)),
  );
}

function openCrs(path: string, foundBy: string): RuleSet | undefined {
  const rules = join(path, "rules");
  if (!existsSync(rules) || !readdirSync(rules).some((name) => name.endsWith(".conf"))) return undefined;
  const setups = [join(path, "crs-setup.conf"), join(path, "crs-setup.conf.example")];
  if (path === DEBIAN) setups.unshift("/etc/modsecurity/crs/crs-setup.conf");
  const setupFile = setups.find((file) => existsSync(file));
  if (setupFile === undefined) return undefined;
  const version = /ver\.?\s*(\d+\.\d+(?:\.\d+)?)/i.exec(readFileSync(setupFile, "latin1"))?.[1] ?? "of unknown version";
  const title = `OWASP CRS ${version}`;
  return { kind: "crs", title, foundBy, setupFile: resolve(setupFile), path: resolve(rules), bringsSettings: false };
}

function newestFirst(cache: string): string[] {
  if (!existsSync(cache)) return [];
  const parts = (name: string): number[] => name.split(".").map(Number);
  return readdirSync(cache)
    .filter((name) => /^\d+\.\d+\.\d+$/.test(name))
    .sort((a, b) => {
      const [x, y] = [parts(a), parts(b)];
      return y[0]! - x[0]! || y[1]! - x[1]! || y[2]! - x[2]!;
    })
    .map((name) => join(cache, name));
}

/** How a rule set is run. */
export interface RuleSetOptions {
  /** What holds whatever the rules say; when absent a SecRuleEngine of the rules counts, and without one they block. */
  readonly mode?: "block" | "detect" | undefined;
  /** Blocking paranoia level of a CRS; its own default when absent. */
  readonly paranoiaLevel?: number | undefined;
  /** Directives after the recommended settings and before the rules. */
  readonly before?: string | undefined;
  /** Directives after the rules: exclusions. */
  readonly after?: string | undefined;
}

/** Directives in order: recommended settings, mode, setup, rules. */
export function ruleSetSources(ruleSet: RuleSet, options: RuleSetOptions): ConfigSource[] {
  const mode = { name: "mode.conf", text: `SecRuleEngine ${options.mode === "detect" ? "DetectionOnly" : "On"}\n` };
  const sources: ConfigSource[] = ruleSet.bringsSettings ? [] : [{ file: recommendedNames[0]! }, mode];
  if (options.before !== undefined) sources.push({ name: "before.conf", text: options.before });
  if (ruleSet.setupFile !== undefined) sources.push({ file: ruleSet.setupFile });
  if (ruleSet.kind === "crs" && options.paranoiaLevel !== undefined) {
    const level = options.paranoiaLevel;
    sources.push({
      name: "paranoia-level.conf",
      text: `SecAction "id:900000,phase:1,pass,t:none,nolog,setvar:tx.blocking_paranoia_level=${level}"\n`,
    });
  }
  if (ruleSet.kind === "files") sources.push({ file: ruleSet.path });
  else sources.push({ file: `${ruleSet.kind === "crs" ? ruleSet.path : "@cuirass_rules"}/*.conf` });
  if (options.after !== undefined) sources.push({ name: "after.conf", text: options.after });
  if (options.mode !== undefined) sources.push(mode);
  return sources;
}

/** The process's files with the names that configurations know: recommended settings, CRS, built-in rules. */
export function ruleSetFileSystem(ruleSet: RuleSet, base: FileSystem = nodeFileSystem): FileSystem {
  const files = new Map<string, Uint8Array>();
  for (const name of recommendedNames) files.set(name, Buffer.from(recommendedSettings, "latin1"));
  for (const [path, text] of baseRules) files.set(`@cuirass_rules/${path}`, Buffer.from(text, "latin1"));
  const folders = new Map<string, string>();
  const crs = ruleSet.kind === "crs" ? ruleSet : openInstalledCrs();
  if (crs?.setupFile !== undefined) {
    files.set("@crs-setup.conf.example", readFileSync(crs.setupFile));
    folders.set("@owasp_crs", crs.path);
  }
  return overlayFiles(base, files, folders);
}

/** The CRS that `@owasp_crs` stands for in configurations that name it while running other rules. */
function openInstalledCrs(): RuleSet | undefined {
  const found = locateRuleSet();
  return found.kind === "crs" ? found : undefined;
}
