import { execFile } from "node:child_process";
import type { ProgramRunner } from "@cuirass/engine";

const OUTPUT_LIMIT = 65_536;

/** Runs programs for `@inspectFile` and `exec`: directly, never through a shell, with a bounded output. */
export const nodeProgramRunner: ProgramRunner = {
  run: (path, args, timeoutMs) =>
    new Promise((resolve) => {
      const options = { timeout: timeoutMs, maxBuffer: OUTPUT_LIMIT, encoding: "latin1" as const };
      const child = execFile(path, [...args], options, (error, stdout, stderr) => {
        if (error !== null && (error.killed === true || typeof error.code === "string")) return resolve(undefined);
        resolve({ exitCode: child.exitCode ?? 0, output: stdout + stderr });
      });
    }),
};
