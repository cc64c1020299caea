import type { ConfigSource, MatchedRule, Waf } from "@cuirass/engine";
import { createWaf as compile, encodeUtf8 } from "@cuirass/engine";
import { auditWriters } from "./audit-sink.ts";
import type { DebugLog } from "./host.ts";
import { createHost } from "./host.ts";

/** Compiled rules by the key that C++ gives them; also those that came with a snapshot. */
const compiled = new Map<string, Waf>();

/**
 * The rules of this key, compiled unless they are there already. `sources` alternates kind (`text` or `file`) and
 * directives or path.
 * @throws WafConfigError with every error found.
 */
export function openWaf(key: string, sources: readonly string[]): Waf {
  let waf = compiled.get(key);
  if (waf === undefined) {
    waf = createWaf(sources);
    compiled.set(key, waf);
  }
  return waf;
}

/** Forgets the rules of this key. */
export function dropWaf(key: string): void {
  compiled.delete(key);
}

function createWaf(sources: readonly string[]): Waf {
  const directives: ConfigSource[] = [];
  for (let at = 0; at < sources.length; at += 2) {
    const value = sources[at + 1]!;
    directives.push(sources[at] === "file" ? { file: value } : { text: value, name: "_inline_" });
  }
  const debugLog: DebugLog = { path: "" };
  const waf = compile({
    directives,
    host: createHost(debugLog),
    plugins: { auditWriters },
    onMatchedRule: (matched) => native.matched(matched),
  });
  debugLog.path = waf.settings.debugLog;
  return waf;
}

/** Rules of a WAF, markers not counted. */
export function ruleCount(waf: Waf): number {
  return waf.ruleCount;
}

/** `coraza_severity_t` of a match: 0 unset, 1 debug to 8 emergency. */
export function matchedSeverity({ rule: { severity } }: MatchedRule): number {
  return severity === undefined ? 0 : 8 - severity;
}

/** The line for the error log. */
export function matchedErrorLog(matched: MatchedRule): string {
  return encodeUtf8IfText(matched.errorLog());
}

/** A message of our own may hold any character; what comes from traffic is bytes already. */
export function encodeUtf8IfText(text: string): string {
  // eslint-disable-next-line no-control-regex
  return /[^\u0000-\u00ff]/.test(text) ? encodeUtf8(text) : text;
}
