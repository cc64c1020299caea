import type { DirectiveDefinition } from "./directive.ts";
import { DirectiveArgumentError } from "./directive.ts";

/** Accepted because ModSecurity configurations carry it; the warning says what it means here. */
function noEffect(name: string, meaning: string, hint: string): DirectiveDefinition {
  return {
    name,
    summary: meaning,
    argument: "any",
    effect: "none",
    apply: (_argument, { warn }) => warn(`${name} has no effect: ${meaning}`, hint),
  };
}

/** Refused: whoever writes it relies on something that would not happen. */
function refused(name: string, reason: string, hint: string): DirectiveDefinition {
  return {
    name,
    summary: `Refused: ${reason}`,
    argument: "any",
    effect: "refused",
    apply: () => {
      throw new DirectiveArgumentError(reason, hint);
    },
  };
}

const atTheServer = "set it in the web server or proxy";
const remove = "the line can be deleted";

/** Directives that ModSecurity or Coraza know and that cannot mean anything here, with what that implies. */
export const directivesWithoutEffect: readonly DirectiveDefinition[] = [
  noEffect("SecPcreMatchLimit", "patterns run in linear time and need no match limit", remove),
  noEffect("SecPcreMatchLimitRecursion", "patterns run in linear time and need no recursion limit", remove),
  noEffect("SecRxPreFilter", "the prefilter is always on and never changes a result", remove),
  noEffect("SecCacheTransformations", "transformation results are always cached by value", remove),
  noEffect("SecRulePerfTime", "rule times are measured by the profiler, not in the audit log", "use `cuirass profile`"),
  noEffect("SecStatusEngine", "no status is sent anywhere", remove),
  noEffect("SecInterceptOnError", "faults are answered by the fault policy of the host", "set onFault"),
  noEffect("SecTmpDir", "the host chooses the directory of temporary files", "set TMPDIR or the host's option"),
  noEffect(
    "SecTmpSaveUploadedFiles",
    "uploads are stored when SecUploadDir is set",
    "use SecUploadDir and SecUploadKeepFiles",
  ),
  noEffect("SecRemoteRulesFailAction", "remote rules are not supported", remove),
  noEffect("SecConnEngine", "connections are counted by the server in front", atTheServer),
  noEffect("SecConnReadStateLimit", "slow connections are limited by the server in front", atTheServer),
  noEffect("SecConnWriteStateLimit", "slow connections are limited by the server in front", atTheServer),
  noEffect("SecReadStateLimit", "slow connections are limited by the server in front", atTheServer),
  noEffect("SecWriteStateLimit", "slow connections are limited by the server in front", atTheServer),
  noEffect("SecChrootDir", "the process's root is the host's business", atTheServer),
  noEffect("SecGuardianLog", "there is no httpd-guardian interface", "use the audit log"),
  noEffect("SecDisableBackendCompression", "compression is the connector's option", "set it in the connector"),
  noEffect("SecGsbLookupDb", "the database format is no longer published", remove),
  noEffect(
    "SecRuleInheritance",
    "rule sets are inherited by the connector's configuration",
    "list the files in each rule set",
  ),
  refused(
    "SecRemoteRules",
    "rules are never loaded from the network while a WAF starts",
    "download them in a deploy step and Include the file",
  ),
  refused("SecRuleScript", "scripts cannot run inside the engine", "register an operator or action as a plug-in"),
  refused("SecContentInjection", "responses are inspected, not changed", "inject content in the application or proxy"),
  refused("SecStreamInBodyInspection", "bodies are inspected as REQUEST_BODY, streams are not", "use REQUEST_BODY"),
  refused("SecStreamOutBodyInspection", "bodies are inspected as RESPONSE_BODY, streams are not", "use RESPONSE_BODY"),
  refused("SecHashEngine", "links in responses are not signed", "remove the SecHash* directives"),
  refused("SecHashKey", "links in responses are not signed", "remove the SecHash* directives"),
  refused("SecHashParam", "links in responses are not signed", "remove the SecHash* directives"),
  refused("SecHashMethodRx", "links in responses are not signed", "remove the SecHash* directives"),
  refused("SecHashMethodPm", "links in responses are not signed", "remove the SecHash* directives"),
  refused("SecAuditLog2", "there is one audit log", "send a copy on from the first one"),
];
