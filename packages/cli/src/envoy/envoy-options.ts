import { readFileSync } from "node:fs";
import type { BodySendMode, EnvoyPolicy, ServiceTls } from "@cuirass/envoy";
import type { OperationsFlags } from "../service/operations-options.ts";
import type { RuleSetConfig } from "../service/rule-sets.ts";
import { textOrFile } from "../text-or-file.ts";

/** Options of the Envoy service as the command line and the environment give them. */
export interface RunEnvoyOptions extends OperationsFlags {
  readonly listen: string;
  readonly rules?: string | undefined;
  /** `name=path`, each. */
  readonly ruleSet?: readonly string[] | undefined;
  readonly mode?: "block" | "detect" | undefined;
  readonly paranoiaLevel?: number | undefined;
  readonly onFault: "block" | "pass";
  readonly compressedRequests: EnvoyPolicy["compressedRequests"];
  readonly compressedResponses: EnvoyPolicy["compressedResponses"];
  readonly requestBodyMode: string;
  readonly responseBodyMode: string;
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  readonly tlsClientCa?: string | undefined;
  readonly workers: number;
  readonly admin: string;
  readonly adminTokenFile?: string | undefined;
  readonly watch?: boolean | undefined;
  readonly directivesBefore?: string | undefined;
  readonly directivesAfter?: string | undefined;
}

/** Rule sets by the name that Envoy's configuration asks for. */
export function ruleSetsOf(options: RunEnvoyOptions): Map<string, RuleSetConfig> {
  const { mode, paranoiaLevel, directivesBefore, directivesAfter } = options;
  const shared = { mode, paranoiaLevel, before: textOrFile(directivesBefore), after: textOrFile(directivesAfter) };
  const sets = new Map<string, RuleSetConfig>([["default", { rules: options.rules, ...shared }]]);
  for (const text of options.ruleSet ?? []) {
    const [, name, rules] = /^([\w.-]{1,64})=(.+)$/.exec(text) ?? [];
    if (name === undefined || rules === undefined) throw new Error(`--rule-set: "${text}" is not NAME=PATH`);
    if (sets.has(name)) throw new Error(`--rule-set: there is a rule set "${name}" already`);
    sets.set(name, { rules, ...shared });
  }
  return sets;
}

export function policyOf(options: RunEnvoyOptions): EnvoyPolicy {
  return {
    onFault: options.onFault,
    compressedRequests: options.compressedRequests,
    compressedResponses: options.compressedResponses,
    requestBodyMode: options.requestBodyMode.toUpperCase() as BodySendMode,
    responseBodyMode: options.responseBodyMode.toUpperCase() as BodySendMode,
  };
}

/** @throws Error that names the option or the file. */
export function tlsOf({ tlsCert, tlsKey, tlsClientCa }: RunEnvoyOptions): ServiceTls | undefined {
  if (tlsCert === undefined && tlsKey === undefined && tlsClientCa === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) throw new Error("--tls-cert and --tls-key belong together");
  return {
    certificate: readFileSync(tlsCert),
    key: readFileSync(tlsKey),
    clientAuthority: tlsClientCa === undefined ? undefined : readFileSync(tlsClientCa),
  };
}
