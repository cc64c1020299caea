import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import wabt from "wabt";
import { kernelBytes } from "./scan-kernel.bytes.ts";
import { kernelMaker } from "./scan-kernel.ts";

/** Looks for "ab": rows are nothing, "a" and, reporting, "ab". */
function automaton() {
  const classes = new Uint8Array(256);
  classes[0x61] = 1;
  classes[0x62] = 2;
  const table = new Uint16Array(3 * 64);
  for (const row of [0, 1, 2]) table[row * 64 + 1] = 1;
  table[1 * 64 + 2] = 2;
  return { classes, table, firstReport: 2, longest: 2, neutral: 0 };
}

test("the bytes that are compiled are those of the text beside them", async () => {
  const text = readFileSync(new URL("scan-kernel.wat", import.meta.url), "utf8");
  const { parseWat } = await wabt();
  expect(kernelBytes).toEqual(parseWat("scan-kernel.wat", text).toBinary({}).buffer);
});

test("a literal is found wherever it lies, and the bytes of the text are noted", () => {
  const kernel = kernelMaker()(automaton())!;
  for (const length of [64, 65, 66, 1000, 16_383, 16_384, 16_385, 16_400, 40_000]) {
    const blank = "-".repeat(length);
    expect(kernel.scan(blank)).toBe(0);
    const places = length > 100 ? [0, 1, Math.floor(length / 3), 16_382, 16_383, 16_384] : [...blank].keys();
    for (const place of [...places, length - 2].filter((at) => at <= length - 2)) {
      const text = `${blank.slice(0, place)}ab${blank.slice(place + 2)}`;
      expect([kernel.scan(text), kernel.rows[0]], `at ${place} of ${length}`).toEqual([1, 2]);
      expect([...kernel.seenBytes.keys()].filter((byte) => byte !== 0 && kernel.seenBytes[byte] === 1)).toEqual(
        [..."-ab"].map((letter) => letter.charCodeAt(0)),
      );
    }
    expect(kernel.scan(`${blank}a`)).toBe(0);
  }
});

test("there are no more kernels than a process has address space for", () => {
  const make = kernelMaker(3);
  const kernels = Array.from({ length: 5 }, () => make(automaton()));
  expect(kernels.map((kernel) => kernel?.scan("ab".repeat(50)))).toEqual([1, 1, 1, undefined, undefined]);
});

test("where WebAssembly is forbidden there is none", () => {
  const holder = globalThis as { WebAssembly?: unknown };
  const { WebAssembly: before } = holder;
  holder.WebAssembly = undefined;
  try {
    expect(kernelMaker()(automaton())).toBeUndefined();
  } finally {
    holder.WebAssembly = before;
  }
});
