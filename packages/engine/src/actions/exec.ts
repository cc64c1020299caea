import type { ActionDefinition } from "../action.ts";
import type { ProgramRunner } from "../host.ts";
import type { Transaction } from "../transaction.ts";
import { ActionArgumentError } from "../action.ts";
import { isPromise } from "../maybe-promise.ts";
import { required } from "./argument.ts";

const TIMEOUT_MS = 10_000;

type RunResult = Awaited<ReturnType<ProgramRunner["run"]>>;

/**
 * `exec`: runs a program for each match; what it prints and its exit code change nothing. A program that does not run or
 * end is a fault of the port.
 *
 * Compat: Coraza accepts only an empty value and does nothing (gaps A31). Here the program is run by the host, and the
 * action is refused where the host cannot.
 */
export const exec: ActionDefinition = {
  name: "exec",
  summary: "Runs a program with the rule id and the transaction id.",
  group: "non-disruptive",
  argument: "path of a program",
  example: "exec:/usr/local/bin/notify",
  compile: (value, _draft, { host }) => {
    const path = required(value);
    const { programRunner } = host;
    if (/\.lua$/i.test(path)) throw new ActionArgumentError("Lua scripts are not supported", "name a program");
    if (programRunner === undefined) {
      throw new ActionArgumentError(
        "this host cannot run programs",
        "remove the action, or give the host a `programRunner`",
      );
    }
    return {
      mayWait: true,
      evaluate: (tx, rule) => {
        try {
          const result = programRunner.run(path, [String(rule.id), tx.id], TIMEOUT_MS);
          if (!isPromise(result)) return report(tx, path, result);
          return result.then(
            (done) => report(tx, path, done),
            (error: unknown) => failed(tx, path, String(error)),
          );
        } catch (error) {
          return failed(tx, path, String(error));
        }
      },
    };
  },
};

function report(tx: Transaction, path: string, result: RunResult): void {
  if (result === undefined) failed(tx, path, "it did not run or did not end in time");
  else if (result.exitCode !== 0) tx.log("warn", "the program of exec failed", { path, exitCode: result.exitCode });
}

function failed(tx: Transaction, path: string, why: string): void {
  tx.fault("port", `exec: ${path}: ${why}`);
}
