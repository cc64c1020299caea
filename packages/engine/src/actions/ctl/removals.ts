import { compilePattern, isPatternError } from "@cuirass/regex";
import type { CompiledRule, CompiledRuleset } from "../../compile/ruleset.ts";
import type { CtlOption } from "./option.ts";
import type { RuleExclusion, TargetExclusion } from "../../control.ts";
import type { ByteString } from "../../text/bytes.ts";
import type { Transaction } from "../../transaction.ts";
import { ActionArgumentError } from "../../action.ts";
import { compileExclusion, SelectorError } from "../../compile/selector.ts";

type RuleFinder = (ruleset: CompiledRuleset) => readonly CompiledRule[];

/** Rules by `N` or `N-M`. */
function byId(value: ByteString): RuleFinder {
  const match = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(value.trim());
  const from = Number(match?.[1]);
  const to = match?.[2] === undefined ? from : Number(match[2]);
  if (match === null || from > to)
    throw new ActionArgumentError(`"${value}" is neither an id nor a range`, "as in 942100 or 942100-942999");
  return (ruleset) => ruleset.withIdBetween(from, to);
}

/** Checks a `/regex/` once, so that the look-up at run time cannot fail. */
function checkText(value: ByteString): ByteString {
  if (value === "") throw new ActionArgumentError("the tag or msg is missing");
  try {
    if (value.length > 2 && value.startsWith("/") && value.endsWith("/")) compilePattern(value.slice(1, -1));
  } catch (error) {
    if (isPatternError(error)) throw new ActionArgumentError(error.message, error.hint);
    throw error;
  }
  return value;
}

function byTag(value: ByteString): RuleFinder {
  const tag = checkText(value);
  return (ruleset) => ruleset.withTag(tag);
}

function byMessage(value: ByteString): RuleFinder {
  const message = checkText(value);
  return (ruleset) => ruleset.withMessage(message);
}

function removal(name: string, summary: string, example: string, finder: (value: ByteString) => RuleFinder): CtlOption {
  return {
    name,
    summary,
    example,
    compile: (value) => {
      const find = finder(value);
      return (tx) => {
        const removed = (tx.control.removedRules ??= new Uint8Array(tx.ruleset.rules.length));
        for (const rule of find(tx.ruleset)) removed[rule.index] = 1;
      };
    },
  };
}

function targetRemoval(
  name: string,
  summary: string,
  example: string,
  finder: (value: ByteString) => RuleFinder,
): CtlOption {
  return {
    name,
    summary,
    example,
    compile: (value) => {
      const semicolon = value.indexOf(";");
      if (semicolon < 0)
        throw new ActionArgumentError(`"${value}" names no target`, `as in ctl:${name}=...;ARGS:password`);
      const find = finder(value.slice(0, semicolon));
      const exclusion = exclusionFor(find, target(value.slice(semicolon + 1)));
      return (tx) => addExclusion(tx, exclusion(tx.ruleset));
    },
  };
}

function target(text: ByteString): TargetExclusion {
  try {
    return compileExclusion(text);
  } catch (error) {
    if (error instanceof SelectorError) throw new ActionArgumentError(error.message, error.hint);
    throw error;
  }
}

/** Nothing is added to the rules: those are shared by all transactions (gaps A34). */
function addExclusion(tx: Transaction, exclusion: RuleExclusion): void {
  const { targetExclusions } = tx.control;
  if (!targetExclusions.includes(exclusion)) targetExclusions.push(exclusion);
}

/** The exclusion with the rules that it is for, worked out once for a rule set. */
function exclusionFor(find: RuleFinder, exclusion: TargetExclusion): (ruleset: CompiledRuleset) => RuleExclusion {
  const known = new WeakMap<CompiledRuleset, RuleExclusion>();
  return (ruleset) => {
    let ready = known.get(ruleset);
    if (ready === undefined) {
      const rules = new Uint8Array(ruleset.rules.length);
      for (const { index } of find(ruleset)) rules[index] = 1;
      known.set(ruleset, (ready = { rules, exclusion }));
    }
    return ready;
  };
}

/** Options that take rules, or targets of rules, out of the transaction. Valid from there to its end. */
export const removalOptions: readonly CtlOption[] = [
  removal("ruleRemoveById", "Id or range of rules to pass over.", "942100-942999", byId),
  removal("ruleRemoveByTag", "Tag, or /regex/ on tags, of rules to pass over.", "attack-sqli", byTag),
  removal("ruleRemoveByMsg", "Message, or /regex/ on messages, of rules to pass over.", "/^SQL Injection/", byMessage),
  targetRemoval(
    "ruleRemoveTargetById",
    "Id or range, semicolon, target that these rules do not look at.",
    "942100;ARGS:password",
    byId,
  ),
  targetRemoval(
    "ruleRemoveTargetByTag",
    "Tag, semicolon, target that these rules do not look at.",
    "OWASP_CRS;ARGS:/^pass/",
    byTag,
  ),
  targetRemoval(
    "ruleRemoveTargetByMsg",
    "Message, semicolon, target that these rules do not look at.",
    "SQL Injection;ARGS:text",
    byMessage,
  ),
];
