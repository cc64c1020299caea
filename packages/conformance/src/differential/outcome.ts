import type { Transaction } from "@cuirass/engine";

/** Everything a host or a log can learn of a transaction that is over, as lines of text that compare line by line. */
export function describeOutcome(tx: Transaction): string[] {
  const lines = [`interruption ${JSON.stringify(tx.interruption)} ${JSON.stringify(tx.detectionOnlyInterruption)}`];
  for (const fault of tx.faults) lines.push(`fault ${fault.kind} ${fault.message}`);
  for (const matched of tx.matchedRules) {
    const { rule, disruptive, disruptiveAction, log, audit, message, data } = matched;
    lines.push(
      `rule ${rule.id} ${JSON.stringify([rule.tags, disruptive, disruptiveAction, log, audit, message, data])}`,
    );
    for (const { variable, key, value, original, span, ...rest } of matched.matches) {
      const { transformations, operator, chainLevel } = rest;
      const fields = [
        variable,
        key,
        value,
        original,
        span,
        rest.message,
        rest.data,
        transformations,
        operator,
        chainLevel,
      ];
      lines.push(`  match ${JSON.stringify(fields)}`);
    }
    for (const { name, before, after } of matched.scores) lines.push(`  score ${name}: ${before} -> ${after}`);
    lines.push(`  ${matched.errorLog()}`, `  ${matched.auditLog()}`);
  }
  for (const name of ["TX", "MATCHED_VARS", "HIGHEST_SEVERITY", "ENV"]) {
    for (const [key, values] of tx.collection(name)?.data() ?? [])
      lines.push(`${name}:${key} ${JSON.stringify(values)}`);
  }
  return lines;
}

/** The first line in which two outcomes differ, as text; undefined when they are equal. */
export function firstDifference(real: readonly string[], plain: readonly string[]): string | undefined {
  for (let at = 0; at < Math.max(real.length, plain.length); at++) {
    if (real[at] !== plain[at]) return `real:  ${real[at] ?? "(nothing)"}\nplain: ${plain[at] ?? "(nothing)"}`;
  }
  return undefined;
}
