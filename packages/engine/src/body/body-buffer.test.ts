import { expect, test } from "vitest";
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
