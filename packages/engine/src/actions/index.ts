import type { ActionDefinition } from "../action.ts";
import type { Unsupported } from "../registry.ts";
import { accuracy } from "./accuracy.ts";
import { allow } from "./allow.ts";
import { auditlog } from "./auditlog.ts";
import { block } from "./block.ts";
import { capture } from "./capture.ts";
import { chain } from "./chain.ts";
import { ctl } from "./ctl.ts";
import { deny } from "./deny.ts";
import { deprecatevar } from "./deprecatevar.ts";
import { drop } from "./drop.ts";
import { exec } from "./exec.ts";
import { expirevar } from "./expirevar.ts";
import { id } from "./id.ts";
import { initcol } from "./initcol.ts";
import { log } from "./log.ts";
import { logdata } from "./logdata.ts";
import { maturity } from "./maturity.ts";
import { msg } from "./msg.ts";
import { multiMatch } from "./multi-match.ts";
import { noauditlog } from "./noauditlog.ts";
import { nolog } from "./nolog.ts";
import { pass } from "./pass.ts";
import { phase } from "./phase.ts";
import { redirect } from "./redirect.ts";
import { rev } from "./rev.ts";
import { sanitiseArg } from "./sanitise-arg.ts";
import { sanitiseMatchedBytes } from "./sanitise-matched-bytes.ts";
import { sanitiseMatched } from "./sanitise-matched.ts";
import { sanitiseRequestHeader } from "./sanitise-request-header.ts";
import { sanitiseResponseHeader } from "./sanitise-response-header.ts";
import { setenv } from "./setenv.ts";
import { setrsc } from "./setrsc.ts";
import { setsid } from "./setsid.ts";
import { setuid } from "./setuid.ts";
import { setvar } from "./setvar.ts";
import { severity } from "./severity.ts";
import { skipAfter } from "./skip-after.ts";
import { skip } from "./skip.ts";
import { status } from "./status.ts";
import { t } from "./t.ts";
import { tag } from "./tag.ts";
import { ver } from "./ver.ts";
import { xmlns } from "./xmlns.ts";

/** Every action, in alphabetical order. */
export const actions: readonly ActionDefinition[] = [
  accuracy,
  allow,
  auditlog,
  block,
  capture,
  chain,
  ctl,
  deny,
  deprecatevar,
  drop,
  exec,
  expirevar,
  id,
  initcol,
  log,
  logdata,
  maturity,
  msg,
  multiMatch,
  noauditlog,
  nolog,
  pass,
  phase,
  redirect,
  rev,
  sanitiseArg,
  sanitiseMatched,
  sanitiseMatchedBytes,
  sanitiseRequestHeader,
  sanitiseResponseHeader,
  setenv,
  setrsc,
  setsid,
  setuid,
  setvar,
  severity,
  skip,
  skipAfter,
  status,
  t,
  tag,
  ver,
  xmlns,
];

/** Actions of ModSecurity that are refused, because whoever writes them relies on something that would not happen. */
export const unsupportedActions: readonly Unsupported[] = [
  { name: "append", reason: "responses are inspected, not changed", hint: "add content in the application or proxy" },
  { name: "prepend", reason: "responses are inspected, not changed", hint: "add content in the application or proxy" },
  { name: "proxy", reason: "the engine forwards nothing", hint: "use deny or redirect, or route in the proxy" },
  { name: "pause", reason: "holding connections open helps the attacker", hint: "use deny or drop" },
];

const byName = new Map<string, ActionDefinition>();
for (const action of actions) {
  for (const name of [action.name, ...(action.aliases ?? [])]) byName.set(name.toLowerCase(), action);
}

/** A built-in action by its name in any case. */
export function findAction(name: string): ActionDefinition | undefined {
  return byName.get(name.toLowerCase());
}
