import type { Host, OperatorCompileContext, TransactionState } from "@cuirass/engine";
import { OperatorArgumentError } from "@cuirass/engine";

/** A transaction as far as operators touch it: it keeps what they capture. */
export class CapturingState {
  readonly id = "vectors";
  readonly phase = 1;
  readonly capturing = true;
  readonly captures: string[] = [];
  readonly variables: Readonly<Record<"tx" | "geo" | "argsPath", NoValues>> = {
    tx: new NoValues(),
    geo: new NoValues(),
    argsPath: new NoValues(),
  };
  capture(index: number, text: string): void {
    this.captures[index] = text;
  }
  collection(): undefined {}
  interrupt(): void {}
  fault(): void {}
  log(): void {}
  /** As operators see it; they use nothing of a transaction but what this class has. */
  asState(): TransactionState {
    return this as unknown as TransactionState;
  }
}

class NoValues {
  readonly size = 0;
  first(): undefined {}
  set(): void {}
  add(): void {}
  clear(): void {}
}

/** Compile context for vectors: no macros, data files through `readDataFile`, warnings dropped. */
export function vectorContext(
  settings: OperatorCompileContext["settings"],
  readDataFile: (path: string) => string | undefined,
): OperatorCompileContext {
  return {
    settings,
    host: vectorHost,
    macro: (text) => ({ text, dynamic: false, expand: () => text, expandWith: () => text }),
    readDataFile(path) {
      const content = readDataFile(path);
      if (content === undefined) throw new OperatorArgumentError(`cannot read "${path}": no such file`);
      return content;
    },
    dataset: () => undefined,
    warn: () => {},
  };
}

/** The address database knows nobody, which is what the geoLookup vectors expect without their sample files. */
const vectorHost: Host = {
  geoDatabase: { lookup: () => undefined },
  schemaCompiler: { compile: () => isPerson },
};

/** Stands in for the schema file of the validateSchema vectors, which they name and nobody has: a name and a numeric age. */
export const personSchema = "{}";

function isPerson(document: unknown): boolean {
  if (typeof document !== "object" || document === null) return false;
  const { name, age } = document as { name?: unknown; age?: unknown };
  return typeof name === "string" && typeof age === "number";
}
