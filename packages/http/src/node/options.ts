import type { Host, MaskingList, Waf } from "@cuirass/engine";
import type { WafMetrics } from "@cuirass/node";
import type { PolicyOptions } from "../policy.ts";
import type { PathPattern } from "../route.ts";

/** Rules and how they run. The same options for every adapter on Node.js. */
export interface RuleOptions {
  /**
   * A compiled WAF of your own, or a function that gives the one in force (`() => live.waf` of a `LiveWaf`: reload without a
   * restart). The other options of this group are then refused, since it has settled them.
   */
  readonly waf?: Waf | (() => Waf);
  /**
   * A CRS folder, a .conf file, a glob, or `built-in`. When absent: CUIRASS_CRS, ./crs, the user's cache, Debian's CRS,
   * the built-in rules, in this order.
   */
  readonly rules?: string;
  /** `block` stops what the rules say, `detect` only reports. Default `block`. */
  readonly mode?: "block" | "detect";
  /** Blocking paranoia level of a CRS. */
  readonly paranoiaLevel?: 1 | 2 | 3 | 4;
  /** SecLang directives before the rules: settings. */
  readonly settings?: string;
  /** SecLang directives after the rules: exclusions, rules of your own. */
  readonly exclusions?: string;
  /** Bytes of a request body that are inspected. Default: as the settings say, 12.5 MiB in the recommended ones. */
  readonly requestBodyLimit?: number;
  /** Bytes of a response body that are held back and inspected. Default: 512 KiB. */
  readonly responseBodyLimit?: number;
  /** A larger request body: `block` answers 413, `partial` inspects the beginning and lets the rest flow. Default `block`. */
  readonly overLimit?: "block" | "partial";
  /** Arguments, cookies and headers whose values no log, audit entry or decision shows. */
  readonly masking?: MaskingList;
}

/** Other rules for some paths. What is not given is as for all other paths. */
export interface RouteOptions extends RuleOptions {
  readonly path: PathPattern;
  readonly methods?: readonly string[];
}

/** Options of every adapter on Node.js. */
export interface HttpOptions extends RuleOptions, PolicyOptions {
  /** The first one that fits a request decides. */
  readonly routes?: readonly RouteOptions[];
  /** Threads that inspect, so that rules do not hold up the event loop. 0: inspect here. Default 0. */
  readonly workers?: number;
  /** Inspections under way in all threads; new requests beyond them get the fault policy's answer. Default 1024. */
  readonly queueLimit?: number;
  /** Milliseconds that a thread may take for one step before it is given up. Default 10000. */
  readonly workerTimeoutMs?: number;
  /** Counts verdicts, matched rules, scores, times, faults and waiting inspections; serve it with `startAdminServer`. */
  readonly metrics?: WafMetrics;
  /**
   * Ports of the engine to replace: logger, collection store, GeoIP database. With `workers` only the collection store, which
   * stays in this thread; all threads count together.
   */
  readonly host?: Partial<Host>;
}
