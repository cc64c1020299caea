import type { AuditEngineMode, RuleEngineMode, WafSettings } from "./settings.ts";
import type { Selector } from "./variables/collections.ts";

/** How far `allow` reaches. */
export type AllowScope = "none" | "phase" | "request" | "all";

/** Entries a rule must not look at: of one variable, all or those selected. */
export interface TargetExclusion {
  /** Index of the variable in the table. */
  readonly variable: number;
  readonly selector: Selector | undefined;
}

/** An exclusion of a ctl action; `rules` is 1 for those that it is for, by index of the top-level rule. */
export interface RuleExclusion {
  readonly rules: Uint8Array;
  readonly exclusion: TargetExclusion;
}

/** A value to hide in audit entries; for `matched` the name is that of MATCHED_VAR_NAME, otherwise lower-case. */
export interface Sanitised {
  readonly kind: "arg" | "cookie" | "request-header" | "response-header" | "matched";
  readonly name: string;
}

/**
 * The part of a transaction that `ctl` and flow actions change. It starts as a copy of the WAF's settings;
 * the WAF itself never changes after construction.
 */
export class TransactionControl {
  ruleEngine: RuleEngineMode;
  auditEngine: AuditEngineMode;
  auditLogParts: string;
  debugLogLevel: number;
  requestBodyAccess: boolean;
  requestBodyLimit: number;
  forceRequestBodyVariable = false;
  responseBodyAccess: boolean;
  responseBodyLimit: number;
  forceResponseBodyVariable = false;
  parseXmlIntoArgs: WafSettings["parseXmlIntoArgs"];

  /** Rules still to skip in this phase. */
  skip = 0;
  /** Marker to skip to in this phase, "" when none. */
  skipAfter = "";
  allow: AllowScope = "none";

  /** 1 per removed rule, by rule index; undefined until a ctl removes one. */
  removedRules: Uint8Array | undefined = undefined;
  /** Exclusions of ctl:ruleRemoveTarget*, each with the rules it is for. Invariant: no more than ctl actions. */
  readonly targetExclusions: RuleExclusion[] = [];

  /** What logs must not show besides the list of the WAF. Invariant: nothing twice. */
  readonly sanitised: Sanitised[] = [];
  #sanitisedKeys: Set<string> | undefined = undefined;

  constructor(settings: WafSettings) {
    this.ruleEngine = settings.ruleEngine;
    this.auditEngine = settings.auditEngine;
    this.auditLogParts = settings.auditLogParts;
    this.debugLogLevel = settings.debugLogLevel;
    this.requestBodyAccess = settings.requestBodyAccess;
    this.requestBodyLimit = settings.requestBodyLimit;
    this.responseBodyAccess = settings.responseBodyAccess;
    this.responseBodyLimit = settings.responseBodyLimit;
    this.parseXmlIntoArgs = settings.parseXmlIntoArgs;
  }

  /** True when a ctl keeps some values from the rule or its chain; `index` is that of the top-level rule. */
  excludesFrom(index: number): boolean {
    for (let at = 0; at < this.targetExclusions.length; at++)
      if (this.targetExclusions[at]!.rules[index] === 1) return true;
    return false;
  }

  /** Adds to `sanitised`. Rules may ask for the same value once per match, so repetitions are dropped. */
  sanitise(kind: Sanitised["kind"], name: string): void {
    const keys = (this.#sanitisedKeys ??= new Set());
    const key = `${kind} ${name}`;
    if (keys.has(key)) return;
    keys.add(key);
    this.sanitised.push({ kind, name });
  }
}
