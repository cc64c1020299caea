import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

/**
 * Keeps this process, all its threads and its children on one core, the last one. False when the system has no way to:
 * V8's compiler and collector then use other cores besides.
 */
export function pinToOneCore(): boolean {
  const core = availableParallelism() - 1;
  const command = `taskset -a -c -p ${core} ${process.pid}`;
  return spawnSync("sh", ["-c", command], { stdio: "ignore" }).status === 0;
}
