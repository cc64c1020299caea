import { Decompressor as PieceDecompressor, isReadableCoding } from "@cuirass/node";
import type { Decompressor } from "../policy.ts";

/** gzip, deflate and brotli off the event loop. Stops at the limit, so a bomb costs no more than an honest body. */
export const nodeDecompressor: Decompressor = {
  supports: isReadableCoding,
  decompress: async (coding, pieces, limit) => {
    const out: Uint8Array[] = [];
    let room = limit;
    const stream = new PieceDecompressor(coding, (bytes) => {
      out.push(bytes.subarray(0, room));
      room -= bytes.length;
      return Promise.resolve(room > 0);
    });
    try {
      for (const piece of pieces) if (!(await stream.write(piece))) break;
      await stream.end();
      return out;
    } finally {
      stream.close();
    }
  },
};
