import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { position } from "@cuirass/seclang";
import { expect, test } from "vitest";
import type { FileSystem } from "@cuirass/engine";
import { checkConfiguration } from "./check.ts";

const broken = fileURLToPath(new URL("../testdata/broken/", import.meta.url));

const fileSystem: FileSystem = {
  workingDirectory: "/",
  readFile: (path) => {
    try {
      return readFileSync(path);
    } catch {
      return undefined;
    }
  },
  glob: () => [],
  isWritableDirectory: () => false,
};

/** `# expect CODE` stands in front of the directive, `+N` when the fault is that many lines further down. */
function expected(text: string): string[] {
  const found: string[] = [];
  for (const [at, line] of text.split("\n").entries()) {
    const match = /^\s*# expect (\w+)(?: \+(\d+))?$/.exec(line);
    if (match !== null) found.push(`${at + 2 + Number(match[2] ?? 0)} ${match[1]!}`);
  }
  return found;
}

test.each(readdirSync(broken))("the fault in %s is found at its line, and nothing else", (name) => {
  const file = join(broken, name);
  const { findings } = checkConfiguration({ directives: [{ file }], host: { fileSystem } });
  const got = findings.map(
    ({ code, span }) => `${span === undefined ? 0 : position(span.source, span.start).line} ${code}`,
  );
  expect(got).toEqual(expected(readFileSync(file, "latin1")));
});

test("there are at least sixty broken files", () => {
  expect(readdirSync(broken).length).toBeGreaterThanOrEqual(60);
});
