import type { ConfigSource } from "./compile/load.ts";
import type { EngineFault, FaultPolicy } from "./fault.ts";
import type { Host } from "./host.ts";
import type { MaskingList } from "./audit/masking.ts";
import type { MatchedRule, RuleMetadata } from "./matched-rule.ts";
import type { PluginSet } from "./registry.ts";
import type { Waf } from "./waf.ts";

/** Everything a WAF is made from. A plain object; `createWaf` reads it once. */
export interface WafConfig {
  /** Directives as text and files, read in this order. */
  readonly directives: ConfigSource | readonly ConfigSource[];
  /** Ports to the outside; without a file system only text can be loaded. */
  readonly host?: Host;
  readonly plugins?: PluginSet;

  /**
   * A WAF with much the same rules, that of another tenant or the version before: whatever is equal is used by both. The
   * other WAF can be let go of afterwards.
   */
  readonly shareWith?: Waf;

  /** Override the directives of the same meaning. */
  readonly ruleEngine?: "On" | "Off" | "DetectionOnly";
  readonly requestBodyAccess?: boolean;
  readonly requestBodyLimit?: number;
  readonly requestBodyInMemoryLimit?: number;
  readonly responseBodyAccess?: boolean;
  readonly responseBodyLimit?: number;
  readonly responseBodyMimeTypes?: readonly string[];

  /** What happens to the exchange when a port fails or a limit of the engine is hit. Default: block. */
  readonly onFaultPolicy?: FaultPolicy;
  /** Milliseconds that rules may take per transaction before that counts as a fault. Default 1000; Infinity for none. */
  readonly timeBudgetMs?: number;
  /** Record every rule tried and why it was passed over. Default false. */
  readonly tracing?: boolean;
  /**
   * Called after each rule that was evaluated to its end, with the milliseconds it took; rules that the prefilter passed over
   * are not reported. For profilers: reading the clock twice a rule makes evaluation slower.
   */
  readonly onRuleTime?: (ruleId: number, ms: number) => void;
  /** First word of error-log lines. Default `Coraza`, which log parsers and the CRS tests expect. */
  readonly productName?: string;

  /** Values that logs must never show, in any transaction; sanitise* actions add to them. */
  readonly masking?: MaskingList;

  /** Called synchronously for each matched rule that has the log flag. */
  readonly onMatchedRule?: (matched: MatchedRule) => void;
  /** Called for each top-level rule read, before later directives change or remove it. */
  readonly onRule?: (rule: RuleMetadata) => void;
  readonly onFault?: (fault: EngineFault) => void;
}
