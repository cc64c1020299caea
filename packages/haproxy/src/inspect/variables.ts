import type { Interruption, MatchedRule, Transaction } from "@cuirass/engine";
import type { VariableAction } from "../spop/actions.ts";
import type { TypedData } from "../spop/typed-data.ts";
import { actionsLength, Scope } from "../spop/actions.ts";

/** What became of a message, as the variable `decision` says it. */
export type Decision = "pass" | "block" | "detect" | "error" | "truncated";

/** Values of the variable `error`, which HAProxy itself sets for its own errors (source: spec spop, 5.4). */
export const ErrorValue = { timeout: 1, unknown: 255 } as const;

/** Longest `rule_ids` and `data`: variables cost memory in HAProxy. */
const RULE_IDS_LIMIT = 1000;
const DATA_LIMIT = 2000;

/** A variable of the transaction with a text. */
export function textVariable(name: string, value: string): VariableAction {
  return { scope: Scope.txn, name, data: { type: "string", value: Buffer.from(value, "latin1") } };
}

/** A variable of the transaction with a number. */
export function numberVariable(name: string, value: number): VariableAction {
  return { scope: Scope.txn, name, data: { type: "int64", value } };
}

/** A variable of the transaction that is true or false. */
export function booleanVariable(name: string, value: boolean): VariableAction {
  return { scope: Scope.txn, name, data: { type: "bool", value } };
}

/** rules_hit, anomaly_score and, when asked for, rule_ids (source: spec coraza-spoa, 2). */
export function matchVariables(tx: Transaction, exportRuleIds: boolean): VariableAction[] {
  const ids: number[] = [];
  if (!tx.isRuleEngineOff()) for (const matched of tx.matchedRules) if (counts(matched)) ids.push(matched.rule.id);
  const variables = [numberVariable("rules_hit", ids.length)];
  const score = tx.variables.tx.first("blocking_inbound_anomaly_score") ?? "0";
  if (/^[+-]?\d{1,15}$/.test(score)) variables.push(numberVariable("anomaly_score", Number(score)));
  if (exportRuleIds) variables.push(textVariable("rule_ids", cutAtComma(ids.join(","), RULE_IDS_LIMIT)));
  return variables;
}

/** Rules with a message in the ranges of local attack rules and of the CRS. */
function counts(matched: MatchedRule): boolean {
  const { id } = matched.rule;
  const inRange = (id >= 190_000 && id <= 199_999) || (id >= 910_000 && id <= 959_999);
  return inRange && matched.message !== "";
}

/** status, action, data and ruleid of an interruption. */
export function interruptionVariables(interruption: Interruption): VariableAction[] {
  const { action, status, data, ruleId } = interruption;
  return [
    numberVariable("status", statusOf(action, status)),
    textVariable("action", action),
    // A line break in a Location header would let the client write headers of its own.
    textVariable("data", action === "redirect" ? withoutLineBreaks(data).slice(0, DATA_LIMIT) : ""),
    numberVariable("ruleid", ruleId),
  ];
}

function statusOf(action: Interruption["action"], status: number): number {
  if (action === "deny") return status === 0 ? 403 : status;
  if (action === "drop") return status;
  return status === 301 || status === 302 || status === 303 || status === 307 ? status : 302;
}

function withoutLineBreaks(text: string): string {
  return text.replaceAll("\r", "").replaceAll("\n", "").replaceAll("\0", "");
}

/**
 * The answer when no verdict could be found. `error` makes rules that were written for HAProxy's own errors work: what
 * fails closed on them fails closed here.
 */
export function errorVariables(
  id: string | undefined,
  policy: "flag" | "deny",
  value: number = ErrorValue.unknown,
): VariableAction[] {
  const variables = id === undefined ? [] : [textVariable("id", id)];
  if (policy === "deny") variables.push(...interruptionVariables({ action: "deny", status: 500, data: "", ruleId: 0 }));
  variables.push(numberVariable("error", value), textVariable("decision", "error"));
  return variables;
}

/**
 * Cuts variables down until they fit: first rule_ids, at a comma, then data unless it is a redirect's target, then what is
 * not needed for the verdict. `trimmed` tells that something is missing.
 *
 * Invariant: the result fits; an ACK beyond the negotiated size stops HAProxy 3.2's connection for good.
 */
export function fitVariables(
  variables: readonly VariableAction[],
  room: number,
): { readonly actions: readonly VariableAction[]; readonly trimmed: boolean } {
  if (actionsLength(variables) <= room) return { actions: variables, trimmed: false };
  let actions = [...variables];
  const isRedirect = textOf(find(actions, "action")) === "redirect";
  const shorten = (name: string, cut: (text: string, length: number) => string): void => {
    const index = actions.findIndex((action) => action.name === name);
    const excess = actionsLength(actions) - room;
    if (index < 0 || excess <= 0) return;
    const text = textOf(actions[index]!.data);
    actions[index] = textVariable(name, cut(text, Math.max(0, text.length - excess)));
  };
  shorten("rule_ids", cutAtComma);
  if (!isRedirect) shorten("data", (text, length) => text.slice(0, length));
  for (const name of [
    "rule_ids",
    "rules_hit",
    "anomaly_score",
    "fail",
    "truncated",
    "ruleid",
    "id",
    "decision",
    "data",
  ]) {
    if (actionsLength(actions) <= room) break;
    actions = actions.filter((action) => action.name !== name);
  }
  while (actionsLength(actions) > room) actions.pop();
  return { actions, trimmed: true };
}

function find(actions: readonly VariableAction[], name: string): TypedData | undefined {
  return actions.find((action) => action.name === name)?.data;
}

function textOf(data: TypedData | undefined): string {
  return data?.type === "string" ? Buffer.from(data.value).toString("latin1") : "";
}

function cutAtComma(text: string, length: number): string {
  if (text.length <= length) return text;
  return text.slice(0, Math.max(0, text.lastIndexOf(",", length)));
}
