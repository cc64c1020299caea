/** Severity names by number; lower is worse (spec: seclang, 15). */
export const severityNames: readonly string[] = [
  "emergency",
  "alert",
  "critical",
  "error",
  "warning",
  "notice",
  "info",
  "debug",
];

/** 0 (emergency) to 7 (debug); `undefined` elsewhere means unset. */
export type Severity = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** Severity of a name (any case) or of a single digit 0-7. */
export function parseSeverity(text: string): Severity | undefined {
  if (text.length === 1) return text >= "0" && text <= "7" ? (Number(text) as Severity) : undefined;
  const index = severityNames.indexOf(text.toLowerCase());
  return index < 0 ? undefined : (index as Severity);
}

/** Lower-case word of a severity, `unknown` when unset, as logs print it. */
export function formatSeverity(severity: Severity | undefined): string {
  return severity === undefined ? "unknown" : severityNames[severity]!;
}
