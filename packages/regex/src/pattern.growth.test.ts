import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Backtracker } from "./backtracker.ts";
import { compileNfa } from "./nfa.ts";
import { parsePattern } from "./parse.ts";
import { compilePattern } from "./pattern.ts";
import { PikeMatcher } from "./pike.ts";

/** User and system together: the system divides them by guess, only their sum is exact. */
const cpuMicroseconds = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** Milliseconds of CPU time: what else runs on the machine does not count. */
const cpuMs = (): number => cpuMicroseconds() / 1000;

const KILOBYTE = 1024;

/** Exponent of time over input size between some size and sixteen times that, the best of three attempts. */
function growth(run: (size: number) => void, from: number = 16 * KILOBYTE): number {
  let best = Infinity;
  for (let attempt = 0; attempt < 3; attempt++) {
    run(from);
    const small = time(() => run(from));
    const large = time(() => run(16 * from));
    best = Math.min(best, Math.log(large / small) / Math.log(16));
  }
  return best;
}

function time(run: () => void): number {
  let best = Infinity;
  for (let count = 0; count < 3; count++) {
    const started = cpuMs();
    run();
    best = Math.min(best, cpuMs() - started);
  }
  return Math.max(best, 0.05);
}

const evil: readonly (readonly [pattern: string, piece: string])[] = [
  ["(a+)+$", "a"],
  ["(a|a)*b", "a"],
  ["(.*)*x", "ab"],
  ["^(([a-z])+.)+[A-Z]([a-z])+$", "a"],
  ["(?:x+x+)+y", "x"],
  ["\\s*(?:\\s*,)+;", " "],
  ["(?:a|b)*a(?:a|b){12}c", "ab"],
  ["['\"](?:.*?)['\"].*?union.*?select", "'\"union "],
];

test.each(evil)("/%s/ takes linear time on repetitions of %j", (pattern, piece) => {
  const compiled = compilePattern(pattern);
  expect(growth((size) => void compiled.test(piece.repeat(size / piece.length)))).toBeLessThanOrEqual(1.2);
});

test.each([
  ["(a+)+b|(a*)$", "a"],
  ["(a|a)*?c|(a)$", "a"],
  ["(.*)*x|(b)$", "ab"],
  ["a[ab]{0,100}c|(b)$", "ab"],
])(
  "where /%s/ matches in repetitions of %j is found in linear time, by both matchers and with little memory",
  (pattern, piece) => {
    const flags = { dotAll: true, multiline: true, ignoreCase: false, ungreedy: false, extended: false };
    const { root, groupCount } = parsePattern(pattern, flags);
    const nfa = compileNfa(root, true);
    const forgetful = new Backtracker(nfa, groupCount, KILOBYTE * nfa.op.length);
    for (const matcher of [new Backtracker(nfa, groupCount), new PikeMatcher(nfa, groupCount), forgetful]) {
      const run = (size: number): void => void matcher.exec(piece.repeat(size / piece.length), 0);
      expect(growth(run, 4 * KILOBYTE)).toBeLessThanOrEqual(1.2);
    }
  },
);

const rules = join(process.env["CUIRASS_SHARED"] ?? "../shared", "crs/4.28.0/rules");

test("the longest CRS patterns take linear time on text made of their own beginnings", (context) => {
  let files: string[];
  try {
    files = readdirSync(rules).filter((name) => name.endsWith(".conf"));
  } catch {
    context.skip("no CRS beside the repository");
    return;
  }
  const patterns = files
    .flatMap((name) => [...readFileSync(join(rules, name), "latin1").matchAll(/"!?@rx ((?:[^"\\]|\\.)+)"/g)])
    .map((match) => match[1]!.replaceAll('\\"', '"'))
    .sort((a, b) => b.length - a.length)
    .slice(0, 10);
  expect(patterns).toHaveLength(10);
  for (const pattern of patterns) {
    const compiled = compilePattern(pattern);
    const piece = `${pattern.replaceAll(/[\\()[\]?*+{}|^$]/g, "").slice(0, 40)} `;
    const exponent = growth((size) => void compiled.test(piece.repeat(size / piece.length)));
    expect(exponent, pattern.slice(0, 60)).toBeLessThanOrEqual(1.2);
  }
});
