// docs/reference/errors.md: every code that a diagnostic or an error can carry.
import { codes as engineCodes, faultKinds } from "@cuirass/engine/registries";
import { codes as lintCodes } from "@cuirass/lint";
import { codes as seclangCodes } from "@cuirass/seclang";
import { cell, generated, table } from "./markdown.mjs";

const rows = (codes) => Object.entries(codes).map(([name, meaning]) => [`\`${name}\``, cell(meaning)]);

export function errors() {
  return `${generated}
# Codes of errors and diagnostics

Codes are stable, messages are not: compare codes. A configuration that cannot be used throws a \`WafConfigError\` with the
code \`WAF_CONFIG_INVALID\`; its \`diagnostics\` hold every error and warning with code, message, position and hint. Warnings
of a configuration that can be used are in \`waf.diagnostics\`. \`cuirass check\` prints both; \`--json\` for machines.

## Text of the configuration (\`@cuirass/seclang\`)

${table(["code", "meaning"], rows(seclangCodes))}
## Engine (\`@cuirass/engine\`)

\`WAF_CONFIG_*\` are about the configuration, \`WAF_STATE_*\` about a call of a host at the wrong time or with the wrong kind of value.

${table(["code", "meaning"], rows(engineCodes))}
## Checks (\`@cuirass/lint\`)

What \`cuirass check\` finds besides: configurations that can be used and do not do what they are there for.

${table(["code", "meaning"], rows(lintCodes))}
## Faults

What goes wrong while a transaction runs throws nothing: \`onFault\` is called with one of these kinds, and the fault policy of
the host (\`onFaultPolicy\`: \`block\` unless set) decides about the exchange.

${table(["kind", "meaning"], rows(faultKinds))}`;
}
