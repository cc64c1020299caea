import type { MatchData, MatchedRule, Transaction, Waf } from "@cuirass/engine";
import { runExchange } from "../run-exchange.ts";
import type { RecordedExchange } from "../traffic/recorded-exchange.ts";

/** A value of benign traffic that a rule took for an attack. */
export interface FalseAlarm {
  readonly ruleId: number;
  readonly message: string;
  /** SecLang name, as exclusions write it. */
  readonly variable: string;
  readonly key: string;
  readonly method: string;
  /** Decoded path. */
  readonly path: string;
  readonly value: string;
  readonly exchange: RecordedExchange;
}

/** What benign traffic sets off. */
export interface AlarmCount {
  readonly alarms: FalseAlarm[];
  exchanges: number;
  /** Exchanges in which a rule found something. */
  alarming: number;
  /** Exchanges that would be blocked. */
  blocked: number;
  /** Rules that found something in no target that could be excluded. */
  readonly unresolved: Map<number, number>;
}

/** Variables whose values come from rules, not from the request: taking them away would blind what adds up scores. */
const internal: ReadonlySet<string> = new Set(
  "UNKNOWN TX RULE ENV MATCHED_VAR MATCHED_VARS MATCHED_VAR_NAME MATCHED_VARS_NAMES HIGHEST_SEVERITY GLOBAL IP SESSION USER RESOURCE DURATION UNIQUE_ID".split(
    " ",
  ),
);

/** Runs benign traffic through a WAF that only detects, and collects what its rules find. */
export async function collectAlarms(
  waf: Waf,
  traffic: readonly RecordedExchange[],
  onExchange?: () => void,
): Promise<AlarmCount> {
  const count: AlarmCount = { alarms: [], exchanges: 0, alarming: 0, blocked: 0, unresolved: new Map() };
  for (const exchange of traffic) {
    const tx = await runExchange(waf, exchange);
    count.exchanges++;
    const found = tx.matchedRules.filter(isDetection);
    if (found.length > 0) count.alarming++;
    if (tx.interruption !== undefined || tx.detectionOnlyInterruption !== undefined) count.blocked++;
    for (const matched of found) addAlarms(matched, tx, exchange, count);
    onExchange?.();
  }
  return count;
}

/** A rule that found something: it adds to a score or refuses, and it looks at the exchange and not at scores. */
export function isDetection(matched: MatchedRule): boolean {
  if (!matched.log || matched.rule.phase === 5) return false;
  const adds = matched.scores.some(
    ({ name, before, after }) => /score/i.test(name) && Number(after ?? 0) > Number(before ?? 0),
  );
  const refuses = ["deny", "drop", "redirect", "block"].includes(matched.disruptiveAction);
  return (
    (adds || refuses) &&
    matched.matches.some((match) => match.operator !== "" && match.variable !== "TX" && match.variable !== "UNKNOWN")
  );
}

function addAlarms(matched: MatchedRule, tx: Transaction, exchange: RecordedExchange, count: AlarmCount): void {
  const { id } = matched.rule;
  const matches = excludable(matched.matches);
  if (matches.length === 0) count.unresolved.set(id, (count.unresolved.get(id) ?? 0) + 1);
  for (const { variable, key, original } of matches) {
    count.alarms.push({
      ruleId: id,
      message: matched.message,
      variable: variable === "REQUEST_XML" ? "XML" : variable,
      key,
      method: exchange.method,
      path: tx.variables.requestFilename.value,
      value: original,
      exchange,
    });
  }
}

/** Matches of the first rule of the chain that looks at the exchange: without their targets the chain does not begin. */
function excludable(matches: readonly MatchData[]): MatchData[] {
  const own = matches.filter(({ operator, variable }) => operator !== "" && !internal.has(variable));
  const level = Math.min(...own.map(({ chainLevel }) => chainLevel));
  return own.filter(({ chainLevel }) => chainLevel === level);
}
