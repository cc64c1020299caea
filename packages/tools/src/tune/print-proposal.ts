import type { TunedProposal } from "./tune.ts";

/** The reasons of a proposal as comments in front of its directives. */
export function evidenceText(
  { rule, message, target, scope, evidence, letsPass }: TunedProposal,
  exchanges: number,
): string {
  const lines = [
    `Rule ${rule}: ${message}`,
    `takes ${target} for an attack: ${scope}.`,
    `Evidence: ${evidence.exchanges} of ${exchanges} exchanges${evidence.examples.length > 0 ? ", for example" : ""}`,
    ...evidence.examples.slice(0, 2).map(({ exchange, target: place, value }) => `  ${exchange}, ${place}: ${value}`),
    `Lets pass: what this rule alone would find there. ${letsPass.otherRules} other rules still look at ${target.split(":", 1)[0]!}.`,
  ];
  const { probe } = letsPass;
  if (probe !== undefined) {
    lines.push(
      `Tried: ${probe.tried} attacks that this rule finds, put there: ${probe.stillBlocked} are still blocked by others.`,
    );
    for (const value of probe.passing.slice(0, 3)) lines.push(`  passes: ${value}`);
  }
  return lines.map((line) => `# ${printable(line)}\n`).join("");
}

/** One line of ASCII that cannot continue on the next. */
function printable(text: string): string {
  const cut = text.length > 118 ? `${text.slice(0, 115)}...` : text;
  return cut
    .replaceAll(/[^\x20-\x7e]/g, ".")
    .replace(/\\+$/, "")
    .trimEnd();
}
