import type { MatchData, MatchedRule } from "../matched-rule.ts";
import type { ByteString } from "../text/bytes.ts";
import { formatSeverity } from "../severity.ts";
import { quote } from "./quote.ts";

/** Texts in brackets are cut to so many bytes. */
const TEXT_LIMIT = 280;

const verdicts: ReadonlyMap<string, string> = new Map([
  ["allow", "Access allowed"],
  ["deny", "Access denied"],
  ["drop", "Access dropped"],
  ["redirect", "Access redirected"],
]);

/** The line of a matched rule for the error log, as Coraza writes it (spec: auditlog, 8). */
export function formatErrorLog(matched: MatchedRule, product: string): ByteString {
  const { matches } = matched;
  const first = matches[0];
  const message = cut(matched.message);
  let line = `[client ${quote(matched.clientAddress)}] ${verdict(matched, product)}${message} ${brackets(matched, first)}`;
  for (let index = 1; index < matches.length; index++) {
    const { message: text, data } = matches[index]!;
    if (text === "" && data === "") continue;
    line += `[msg_match_${index} ${quote(cut(text))}] [data_match_${index} ${quote(cut(data))}]`;
  }
  return line;
}

/**
 * An entry per match, for audit logs that want text.
 *
 * Compat: names the operator and the variable, which Coraza does not record (gaps B).
 */
export function formatAuditText(matched: MatchedRule, product: string): ByteString {
  return matched.matches
    .map((match) => {
      const what = match.operator === "" ? "Matched." : `Matched "Operator ${match.operator}" at ${nameOf(match)}.`;
      return `[client ${quote(matched.clientAddress)}] ${verdict(matched, product)}${what}${brackets(matched, match)}`;
    })
    .join("");
}

function nameOf({ variable, key }: MatchData): string {
  return key === "" ? variable : `${variable}:${key}`;
}

function verdict({ disruptive, disruptiveAction, rule }: MatchedRule, product: string): string {
  if (!disruptive || disruptiveAction === "pass") return `${product}: Warning. `;
  return `${product}: ${verdicts.get(disruptiveAction) ?? "Custom disruptive action triggered"} (phase ${rule.phase}). `;
}

function brackets(matched: MatchedRule, match: MatchData | undefined): string {
  const { rule } = matched;
  const tags = rule.tags.map((tag) => ` [tag ${quote(tag)}]`).join("");
  return (
    `[file ${quote(rule.file)}] [line "${rule.line}"] [id "${rule.id}"] [rev ${quote(rule.revision)}]` +
    ` [msg ${quote(cut(match?.message ?? ""))}] [data ${quote(cut(match?.data ?? ""))}]` +
    ` [severity "${formatSeverity(rule.severity)}"] [ver ${quote(rule.version)}]` +
    ` [maturity "${rule.maturity}"] [accuracy "${rule.accuracy}"]${tags}` +
    ` [hostname ${quote(matched.serverAddress)}] [uri ${quote(matched.uri)}] [unique_id ${quote(matched.transactionId)}]`
  );
}

function cut(text: ByteString): ByteString {
  return text.length > TEXT_LIMIT ? text.slice(0, TEXT_LIMIT) : text;
}
