import type { Diagnostic, DirectiveNode } from "@cuirass/seclang";
import type { ConfigSource } from "./load.ts";
import type { FileSystem } from "../host.ts";
import { loadDirectives } from "./load.ts";
import { Report } from "./report.ts";
import { SharedParts } from "./shared-parts.ts";

/**
 * All directives of a configuration in order, includes resolved, as `createWaf` reads them, without compiling anything.
 * For tools that look at rules. Never throws; what cannot be read is reported.
 */
export function readConfiguration(
  sources: readonly ConfigSource[],
  fileSystem: FileSystem | undefined,
): { readonly directives: readonly DirectiveNode[]; readonly diagnostics: readonly Diagnostic[] } {
  const report = new Report();
  const steps = loadDirectives(sources, fileSystem === undefined ? {} : { fileSystem }, new SharedParts(), report);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return { directives: step.value, diagnostics: report.diagnostics };
  }
}
