// The bundle with faults on demand, for tests of the C++ side: header `x-fault` says which.
import "../../src/entry.ts";

interface Bundle {
  requestHeaders(...args: unknown[]): unknown;
}
const bundle = (globalThis as unknown as { cuirass: Bundle }).cuirass;
const { requestHeaders } = bundle;

const faults: Readonly<Record<string, () => void>> = {
  throw: () => {
    throw new Error("fault on demand");
  },
  loop: () => {
    for (;;);
  },
  memory: () => {
    const kept: unknown[] = [];
    for (;;) kept.push(new Array(1000).fill(kept.length));
  },
  buffers: () => {
    const kept: unknown[] = [];
    for (;;) kept.push(new Uint8Array(1 << 24));
  },
};

bundle.requestHeaders = (...args) => {
  const headers = args[9] as readonly string[];
  const at = headers.indexOf("x-fault");
  if (at >= 0) faults[headers[at + 1]!]!();
  return requestHeaders(...args);
};
