import type { MatchData, MatchedRule } from "../matched-rule.ts";
import type { ByteString } from "../text/bytes.ts";
import type { Masking } from "./masking.ts";
import { formatAuditText, formatErrorLog } from "./error-log.ts";

const HIDDEN = "******";

/**
 * A matched rule as logs may show it. Once one link of a chain looked at a hidden value, what all of them quote is hidden:
 * `logdata` of one link may name what another matched.
 */
export function maskMatched(matched: MatchedRule, masking: Masking, product: string): MatchedRule {
  if (masking.isEmpty) return matched;
  const hides = matched.matches.some(({ variable, key }) => masking.hidesMatch(variable, key));
  const values = hides ? matched.matches.flatMap(({ value, original }) => [value, original]) : [];
  const matches = hides ? matched.matches.map((match) => maskMatch(match, masking, values)) : matched.matches;
  const masked: MatchedRule = {
    rule: matched.rule,
    message: withoutValues(matched.message, values),
    data: matches[0]?.data ?? "",
    uri: masking.form(matched.uri),
    transactionId: matched.transactionId,
    serverAddress: matched.serverAddress,
    clientAddress: matched.clientAddress,
    disruptive: matched.disruptive,
    disruptiveAction: matched.disruptiveAction,
    log: matched.log,
    audit: matched.audit,
    matches,
    masked: () => masked,
    scores: hides ? matched.scores.filter(({ name }) => !masking.hidesMatch("TX", name)) : matched.scores,
    errorLog: () => formatErrorLog(masked, product),
    auditLog: () => formatAuditText(masked, product),
  };
  return masked;
}

function maskMatch(match: MatchData, masking: Masking, values: readonly ByteString[]): MatchData {
  const hidden = masking.hidesMatch(match.variable, match.key);
  return {
    ...match,
    value: hidden ? HIDDEN : match.value,
    original: hidden ? HIDDEN : match.original,
    span: hidden ? undefined : match.span,
    message: withoutValues(match.message, values),
    data: match.data === "" ? "" : HIDDEN,
  };
}

/** A text of the rule's author, with any value that a macro put into it taken out. */
function withoutValues(text: ByteString, values: readonly ByteString[]): ByteString {
  let out = text;
  for (const value of values) if (value.length > 2) out = out.replaceAll(value, HIDDEN);
  return out;
}
