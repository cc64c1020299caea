import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { runOperatorOracle, runOperatorVectors } from "./operator-vectors.ts";
import { corazaText, modSecurityText } from "./vector-text.ts";

const sharedDir = resolve(process.env["CUIRASS_SHARED"] ?? "../shared");

// Without the conformance data (CUIRASS_SHARED) there is nothing to compare with.
describe.skipIf(!existsSync(sharedDir))("recorded operator answers", () => {
  test("unit vectors hold, but for the listed differences", () => {
    const result = runOperatorVectors(sharedDir);
    expect(result.failures).toEqual([]);
    expect(result.total).toBe(7889);
  });

  test("answers of the real engine hold, but for the listed differences", () => {
    const result = runOperatorOracle(sharedDir);
    expect(result.failures).toEqual([]);
    expect(result.total).toBe(237);
  });
});

describe("text of vectors", () => {
  test("Coraza reads a Go string when there is a \\x in it", () => {
    expect(corazaText("a\\u0000b")).toBe("a\0b");
    expect(corazaText("\\n")).toBe("\\n");
    expect(corazaText("\\xe4\\n\\101\\u00e9")).toBe("\xe4\nA\xc3\xa9");
    expect(corazaText('\\xe4"')).toBe('\\xe4"');
    expect(corazaText("\\0\\xe4")).toBe("\\0\\xe4");
    expect(corazaText("\u00e9")).toBe("\xc3\xa9");
  });

  test("ModSecurity reads bytes", () => {
    expect(modSecurityText("\\0\\xe4\\u01ffA")).toBe("\\0\xe4\xffA");
  });
});
