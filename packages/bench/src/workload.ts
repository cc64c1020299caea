import { existsSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

/** What a transaction is: traffic of users, or an attack. */
export type TrafficClass = "benign" | "attack";

/** One line of a header block. */
export type HeaderLine = readonly [name: string, value: string];

/** A transaction of a workload file. Texts are UTF-8 text; `bodyBase64`, when present, is the body's bytes. */
export interface WorkloadTransaction {
  readonly name: string;
  readonly class: TrafficClass;
  readonly method: string;
  readonly uri: string;
  readonly protocol: string;
  readonly headers: readonly HeaderLine[];
  readonly body: string;
  readonly bodyBase64?: string;
  readonly response: { readonly status: number; readonly headers: readonly HeaderLine[]; readonly body: string };
}

/** Makes the transactions of a workload with values that depend on the seed. */
export type WorkloadGenerator = (seed: number) => readonly WorkloadTransaction[];

/** Something that the bench needs is not there; the message says what and how to get it. */
export class MissingInputError extends Error {
  override readonly name = "MissingInputError";
}

/**
 * Reads a workload file.
 * @throws MissingInputError when there is none.
 */
export function readWorkload(file: string): readonly WorkloadTransaction[] {
  if (!existsSync(file)) {
    throw new MissingInputError(
      `no workload at ${file}: set CUIRASS_SHARED to the folder of the development data, or give --workload FILE`,
    );
  }
  return JSON.parse(readFileSync(file, "utf8")) as WorkloadTransaction[];
}

/** The generator of unique variants, or undefined when the development data lack it. */
export async function loadGenerator(file: string): Promise<WorkloadGenerator | undefined> {
  if (!existsSync(file)) return undefined;
  const module = (await import(pathToFileURL(file).href)) as { readonly generate: WorkloadGenerator };
  return module.generate;
}

/** The transactions whose name contains one of the comma-separated texts; all of them without a filter. */
export function selectTransactions(
  all: readonly WorkloadTransaction[],
  filter: string | undefined,
): readonly WorkloadTransaction[] {
  if (filter === undefined) return all;
  const texts = filter.split(",").filter((text) => text !== "");
  return all.filter(({ name }) => texts.some((text) => name.includes(text)));
}
