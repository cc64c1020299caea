import type { Decompressor } from "./policy.ts";

const formats: ReadonlyMap<string, "gzip" | "deflate"> = new Map([
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["deflate", "deflate"],
]);

/** gzip and deflate with the DecompressionStream that every Fetch runtime has. Stops at the limit. */
export const fetchDecompressor: Decompressor = {
  supports: (coding) => formats.has(coding),
  decompress: async (coding, pieces, limit) => {
    const stream = new DecompressionStream(formats.get(coding)!);
    const writer = stream.writable.getWriter();
    const feeding = (async (): Promise<void> => {
      for (const piece of pieces) await writer.write(piece as Uint8Array<ArrayBuffer>);
      await writer.close();
    })();
    // What is wrong with the data shows on the reading side too.
    feeding.catch(() => undefined);
    const reader = stream.readable.getReader();
    const out: Uint8Array[] = [];
    for (let room = limit; room > 0;) {
      const { done, value } = (await reader.read()) as { done: boolean; value: Uint8Array | undefined };
      if (done || value === undefined) return out;
      out.push(value.subarray(0, room));
      room -= value.length;
    }
    await reader.cancel();
    return out;
  },
};
