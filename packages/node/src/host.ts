import type { Host } from "@cuirass/engine";
import { useByteCopier, useScanKernel } from "@cuirass/engine";
import { createAuditSink } from "./audit-writers/index.ts";
import { createClock } from "./clock.ts";
import { nodeFileSystem } from "./file-system.ts";
import { nodeProgramRunner } from "./program-runner.ts";
import { createRandom } from "./random.ts";
import { createNodeResolver } from "./resolver.ts";
import { kernelMaker } from "./scan-kernel/scan-kernel.ts";
import { nodeTempStorage } from "./temp-storage.ts";

let over: Buffer | undefined;

/** The same memory as a buffer, made once: there is one array that texts are copied to. */
function bufferOver(bytes: Uint8Array): Buffer {
  if (over?.buffer !== bytes.buffer) over = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return over;
}

useByteCopier((text, into) => void bufferOver(into).write(text, "latin1"));
useScanKernel(kernelMaker());

/** The engine's ports on Node.js. Give `parts` to replace or add some (logger, GeoIP database, collection store). */
export function createNodeHost(parts: Partial<Host> = {}): Host {
  return {
    fileSystem: nodeFileSystem,
    tempStorage: nodeTempStorage,
    resolver: createNodeResolver(),
    programRunner: nodeProgramRunner,
    auditSink: createAuditSink(),
    clock: createClock(),
    random: createRandom(),
    latin1: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1"),
    ...parts,
  };
}
