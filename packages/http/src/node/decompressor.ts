import type { Transform } from "node:stream";
import { constants, createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { Decompressor } from "../policy.ts";

// What ends early is inspected as far as it goes: that is what follows from stopping at a limit.
const tolerant = { finishFlush: constants.Z_SYNC_FLUSH };

const codings: ReadonlyMap<string, () => Transform> = new Map([
  ["gzip", (): Transform => createGunzip(tolerant)],
  ["x-gzip", (): Transform => createGunzip(tolerant)],
  ["deflate", (): Transform => createInflate(tolerant)],
  ["br", (): Transform => createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH })],
]);

/** gzip, deflate and brotli off the event loop. Stops at the limit, so a bomb costs no more than an honest body. */
export const nodeDecompressor: Decompressor = {
  supports: (coding) => codings.has(coding),
  decompress: (coding, pieces, limit) =>
    new Promise((resolve, reject) => {
      const stream = codings.get(coding)!();
      const out: Uint8Array[] = [];
      let room = limit;
      const done = (): void => {
        stream.destroy();
        resolve(out);
      };
      stream.on("data", (piece: Buffer) => {
        if (room <= 0) return;
        out.push(piece.subarray(0, room));
        room -= piece.length;
        if (room <= 0) done();
      });
      stream.on("end", done);
      stream.on("error", reject);
      for (const piece of pieces) stream.write(piece);
      stream.end();
    }),
};
