import { expect, test } from "vitest";
import { detectSqli, detectXss } from "./index.ts";

/** User and system together: the system divides them by guess, only their sum is exact. */
const cpuMicroseconds = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** Milliseconds of CPU time: what else runs on the machine does not count. */
const cpuMs = (): number => cpuMicroseconds() / 1000;

function time(run: () => void): number {
  let best = Infinity;
  for (let count = 0; count < 4; count++) {
    const started = cpuMs();
    run();
    best = Math.min(best, cpuMs() - started);
  }
  return Math.max(best, 0.05);
}

const pieces = [
  "'",
  "''",
  "\\'",
  '"',
  "`",
  "--",
  "/*",
  "*/",
  "#",
  "<",
  "</",
  "<!--",
  "-\0",
  "&#",
  "/",
  "@",
  "$a$",
  "(",
  "]",
  "q'a",
  "=x ",
  "<%%",
  "1,",
];

test.each(pieces)("repetitions of %j take linear time", (piece) => {
  for (const detect of [detectSqli, detectXss]) {
    const run = (size: number) => (): void => void detect(piece.repeat(size / piece.length));
    let exponent = Infinity;
    for (let attempt = 0; attempt < 3; attempt++) {
      exponent = Math.min(exponent, Math.log(time(run(262_144)) / time(run(16_384))) / Math.log(16));
    }
    expect(exponent).toBeLessThanOrEqual(1.2);
  }
});
