import { join } from "node:path";
import type { Waf, WafConfig } from "@cuirass/engine";
import { createWaf } from "@cuirass/engine";
import { createPlainWaf } from "@cuirass/engine/testing";
import { ftwSettings } from "@cuirass/ftw";
import { builtInRuleSet, createNodeHost, locateRuleSet, ruleSetFileSystem, ruleSetSources } from "@cuirass/node";
import { RULES } from "../suites/crs.ts";
import type { DifferentialExchange } from "./exchange.ts";
import { runExchange } from "./exchange.ts";
import { describeOutcome, firstDifference } from "./outcome.ts";

/** One configuration twice: evaluated as in production, and rule by rule. */
export interface Twins {
  readonly name: string;
  readonly real: Waf;
  readonly plain: Waf;
}

/** Nothing in an outcome may depend on when it was made. */
const stoppedClock = { now: () => 1_790_000_000_000, monotonic: () => 0 };

const level = (settings: string): string => `SecAction "id:900000,phase:1,pass,t:none,nolog,${settings}"\n`;
const unreachable =
  "setvar:tx.inbound_anomaly_score_threshold=100000,setvar:tx.outbound_anomaly_score_threshold=100000";

/** Configurations that between them reach every rule of the CRS, the built-in set, and interruptions in every phase. */
export function createTwins(shared: string): Twins[] {
  const crs = locateRuleSet({ rules: join(shared, RULES) });
  const make = (name: string, ruleSet: typeof crs, before: string): Twins => {
    const config: WafConfig = {
      directives: ruleSetSources(ruleSet, { mode: "block", before }),
      host: { ...createNodeHost({ fileSystem: ruleSetFileSystem(ruleSet) }), clock: stoppedClock },
      timeBudgetMs: Infinity,
    };
    return { name, real: createWaf(config), plain: createPlainWaf(config) };
  };
  return [
    make("CRS, settings of its tests", crs, ftwSettings),
    make("CRS, level 4, every phase", crs, level(`setvar:tx.blocking_paranoia_level=4,${unreachable}`)),
    make("CRS, level 2, blocking", crs, level("setvar:tx.blocking_paranoia_level=2")),
    make("built-in rules", builtInRuleSet, ""),
  ];
}

/** What differs between the two evaluations of an exchange, with the exchange; undefined when nothing does. */
export function compareTwins({ name, real, plain }: Twins, exchange: DifferentialExchange): string | undefined {
  const difference = firstDifference(
    describeOutcome(runExchange(real, exchange)),
    describeOutcome(runExchange(plain, exchange)),
  );
  return difference === undefined ? undefined : `${name}, ${exchange.name}\n${difference}\n${JSON.stringify(exchange)}`;
}
