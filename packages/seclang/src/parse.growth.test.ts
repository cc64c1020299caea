import { expect, test } from "vitest";
import { createSource, formatDiagnostic, parse, print } from "./index.ts";

/** User and system together: the system divides them by guess, only their sum is exact. */
const cpuMicroseconds = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** Milliseconds of CPU time: what else runs on the machine does not count. */
const cpuMs = (): number => cpuMicroseconds() / 1000;

/** Time grows with the size to this power at most; 1 is linear, the rest is noise. */
const EXPONENT_LIMIT = 1.2;
const SMALL = 10_000;
const LARGE = 160_000;
const ATTEMPTS = 3;

const hostile: readonly [name: string, text: (size: number) => string][] = [
  ["a long operator", (size) => `SecRule ARGS "@rx ${"a".repeat(size)}" "id:1"`],
  ["an open quote", (size) => `SecRule ARGS "@rx ${'\\"'.repeat(size)}`],
  ["backslashes before a quote", (size) => `SecRule ARGS "@rx ${"\\".repeat(size)}" "id:1"`],
  ["bars", (size) => `SecRule ${"|".repeat(size)} "@rx a"`],
  ["bars and blanks in quotes", (size) => `SecRuleUpdateTargetById 1 "${" |".repeat(size)}"`],
  ["targets", (size) => `SecRule ${"ARGS:a|".repeat(size / 4)} "@rx a"`],
  ["keys in quotes", (size) => `SecRule ${"A:'a|'|".repeat(size / 4)} "@rx a"`],
  ["open regular expressions", (size) => `SecRule ${"A:/a|".repeat(size / 4)} "@rx a"`],
  ["colons and slashes", (size) => `SecRule ${"A:'/".repeat(size / 4)} "@rx a"`],
  ["one long key", (size) => `SecRule ARGS:${"a,".repeat(size)} "@rx a"`],
  ["commas", (size) => `SecAction "${",".repeat(size)}"`],
  ["actions", (size) => `SecAction "${"a:b,".repeat(size / 4)}c"`],
  ["actions without a value", (size) => `SecAction "${"a,".repeat(size / 2)}c"`],
  ["actions of which the last has a value", (size) => `SecAction "${"a,".repeat(size / 2)}c:d"`],
  ["targets without a key", (size) => `SecRule ${"A|".repeat(size / 2)}A "@rx a" "id:1"`],
  ["lines of blanks", (size) => `${" \n".repeat(size / 2)}SecAction a`],
  ["quotes in actions", (size) => `SecAction "${"a:'b,".repeat(size / 4)}"`],
  ["continuations", (size) => `SecAction a${",b\\\n".repeat(size / 4)}c`],
  ["empty continuations", (size) => `${"\\\n".repeat(size)}SecAction a`],
  ["comment lines in a continuation", (size) => `SecAction \\\n${"#\n".repeat(size)}a`],
  ["a block", (size) => `SecDataset d \`\n${"a\n".repeat(size)}\``],
  ["blanks", (size) => `SecRuleEngine${" ".repeat(size)}On`],
  ["ids", (size) => `SecRuleRemoveById ${"1,2 ".repeat(size / 4)}`],
  ["wrong ids", (size) => `SecRuleRemoveById ${"1-x ".repeat(size / 4)}`],
  ["quoted ids", (size) => `SecRuleUpdateTargetById ${'"1" '.repeat(size / 4)} ARGS`],
  ["quoted texts", (size) => `SecRuleRemoveByTag ${'"a" '.repeat(size / 4)}`],
  ["containers", (size) => "<a>\n".repeat(size / 4)],
  ["open containers and closing ones", (size) => "<a>\n".repeat(size / 8) + "</b>\n".repeat(size / 8)],
  ["quotes round a label", (size) => `SecMarker ${'"'.repeat(size)}`],
];

test.each(hostile)("parsing and printing %s takes linear time", (_name, text) => {
  // Quadratic work fails every attempt; a collection of garbage in the wrong moment fails one.
  let exponent = Infinity;
  for (let attempt = 0; attempt < ATTEMPTS && exponent > EXPONENT_LIMIT; attempt++) {
    exponent = Math.log(fastest(text(LARGE)) / fastest(text(SMALL))) / Math.log(LARGE / SMALL);
  }
  expect(exponent).toBeLessThanOrEqual(EXPONENT_LIMIT);
});

function fastest(text: string): number {
  let best = Infinity;
  for (let run = 0; run < 12; run++) {
    const start = cpuMs();
    const { document, diagnostics } = parse(createSource("a.conf", text));
    print(document);
    for (const diagnostic of diagnostics.slice(0, 10)) formatDiagnostic(diagnostic);
    best = Math.min(best, cpuMs() - start);
  }
  return best;
}
