import { codes as engineCodes } from "@cuirass/engine/registries";
import type { Span } from "@cuirass/seclang";
import { codes as seclangCodes, position } from "@cuirass/seclang";
import { codes } from "./codes.ts";
import type { Finding } from "./finding.ts";

const meanings: Readonly<Record<string, string>> = { ...seclangCodes, ...engineCodes, ...codes };
const levels = { error: "error", warning: "warning", info: "note" } as const;

/** Findings as a SARIF 2.1.0 log, for code review. `uriOf` turns the name of a source into the URI that reviewers know. */
export function toSarif(
  findings: readonly Finding[],
  { version, uriOf }: { readonly version: string; readonly uriOf: (name: string) => string },
): object {
  const used = [...new Set(findings.map(({ code }) => code))].toSorted();
  const location = ({ source, start, end }: Span, message?: string): object => {
    const from = position(source, start);
    const to = position(source, end);
    return {
      physicalLocation: {
        artifactLocation: { uri: uriOf(source.name) },
        region: { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column },
      },
      ...(message === undefined ? {} : { message: { text: message } }),
    };
  };
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "cuirass check",
            version,
            rules: used.map((id) => ({ id, shortDescription: { text: meanings[id] ?? id } })),
          },
        },
        columnKind: "utf16CodeUnits",
        results: findings.map(({ code, severity, message, hint, span, related }) => ({
          ruleId: code,
          ruleIndex: used.indexOf(code),
          level: levels[severity],
          message: { text: hint === undefined ? message : `${message}\nHint: ${hint}` },
          locations: span === undefined ? [] : [location(span)],
          ...(related === undefined
            ? {}
            : { relatedLocations: related.map((place, id) => ({ id, ...location(place.span, place.message) })) }),
        })),
      },
    ],
  };
}
