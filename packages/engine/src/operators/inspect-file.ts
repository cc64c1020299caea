import type { OperatorDefinition } from "../operator.ts";
import type { ProgramRunner } from "../host.ts";
import type { TransactionState } from "../transaction-state.ts";
import { isPromise } from "../maybe-promise.ts";
import { OperatorArgumentError } from "../operator.ts";

const TIMEOUT_MS = 10_000;

type RunResult = Awaited<ReturnType<ProgramRunner["run"]>>;

/**
 * `@inspectFile`: a program, given the value (usually a path of FILES_TMPNAMES), finds the file bad. What it prints is the
 * verdict: "1..." is clean, anything else is a hit.
 *
 * Compat: the verdict counts whatever the exit code, as in ModSecurity, because scanners exit with 1 on a finding; Coraza
 * ignores the output then (gaps A24). No verdict (no output, no end within 10 s, "1" with a failing exit code) is a fault
 * that the fault policy answers; in both references the file passes in silence.
 */
export const inspectFile: OperatorDefinition = {
  name: "inspectFile",
  summary: 'True when a program, run with the value as its argument, prints anything that does not begin with "1".',
  argument: "path of a program",
  examples: [
    { title: "finding", argument: "/opt/scan", input: "/tmp/upload-virus", matches: true },
    { title: "clean", argument: "/opt/scan", input: "/tmp/upload", matches: false },
  ],
  compile(argument, context) {
    const { programRunner } = context.host;
    if (argument === "") throw new OperatorArgumentError("the argument names no program");
    if (/\.lua$/i.test(argument))
      throw new OperatorArgumentError("Lua scripts are not supported", { hint: "name a program" });
    if (programRunner === undefined) throw new OperatorArgumentError("this host runs no programs");
    return {
      mayWait: true,
      match(value, tx) {
        // A NUL would cut the program's argument short and have it look at another file.
        if (value.includes("\0")) return noVerdict(tx, argument, "the value holds a NUL byte");
        try {
          const result = programRunner.run(argument, [value], TIMEOUT_MS);
          if (!isPromise(result)) return verdict(result, argument, tx);
          return result.then(
            (done) => verdict(done, argument, tx),
            (error: unknown) => noVerdict(tx, argument, String(error)),
          );
        } catch (error) {
          return noVerdict(tx, argument, String(error));
        }
      },
    };
  },
};

function verdict(result: RunResult, program: string, tx: TransactionState): boolean {
  if (result === undefined) return noVerdict(tx, program, "it did not run or did not end in time");
  if (result.output === "") return noVerdict(tx, program, `no output, exit code ${result.exitCode}`);
  if (!result.output.startsWith("1")) return true;
  return result.exitCode === 0 ? false : noVerdict(tx, program, `"1" with exit code ${result.exitCode}`);
}

function noVerdict(tx: TransactionState, program: string, why: string): boolean {
  tx.fault("port", `@inspectFile: no verdict from ${program}: ${why}`);
  return false;
}
