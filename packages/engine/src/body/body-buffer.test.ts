import { expect, test } from "vitest";
import { fromBytes } from "../text/bytes.ts";
import { FakeTempStorage } from "../testing/fake-body.ts";
import { BodyBuffer } from "./body-buffer.ts";

/** As Node's Buffer: `slice` gives a view on the same memory. */
class View extends Uint8Array {
  override slice(start?: number, end?: number): Uint8Array<ArrayBuffer> {
    return this.subarray(start, end) as Uint8Array<ArrayBuffer>;
  }
}

test("what was written stays as it was when the caller uses its buffer again", () => {
  const buffer = new BodyBuffer({ memoryLimit: 100, tempStorage: undefined, latin1: undefined });
  const bytes = View.from([0x61, 0x62, 0x63]);
  buffer.write(bytes);
  bytes.fill(0x7a);
  expect(buffer.text()).toBe("abc");
});

test.each([
  ["in memory", 100],
  ["in a file", 5],
])("text and bytes that were written come back in order, %s", (_name, memoryLimit) => {
  const buffer = new BodyBuffer({ memoryLimit, tempStorage: new FakeTempStorage(), latin1: undefined });
  for (const piece of ["ab\xff", Uint8Array.from([0x63, 0xfe]), "d", ""]) buffer.write(piece);
  expect([buffer.spilled, buffer.size]).toEqual([memoryLimit === 5, 6]);
  expect(buffer.text()).toBe("ab\xffc\xfed");
  expect([...buffer.reader()].map((piece) => fromBytes(piece)).join("")).toBe("ab\xffc\xfed");
  buffer.close();
  expect(buffer.text()).toBe("");
});
