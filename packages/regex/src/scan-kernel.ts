/** The automaton of a prefilter: rows of 64 columns with the number of the next row, from row 0 on. */
export interface Automaton {
  /** By byte: its column. */
  readonly classes: Uint8Array;
  readonly table: Uint16Array;
  /** Rows from this one on report; a power of two. */
  readonly firstReport: number;
  /** No literal is longer, so that an automaton that begins so many bytes earlier finds the same. */
  readonly longest: number;
  /** A byte that no literal has and that tells nothing: what may be read behind the end of a text. */
  readonly neutral: number;
}

/** Reads texts with one automaton. What it found out of the last one lies in two arrays. */
export interface ScanKernel {
  /** The reporting rows that the automaton came to, each once, in no order. */
  readonly rows: Uint16Array;
  /** By byte: 1 for those that the text has; maybe for the neutral one too. */
  readonly seenBytes: Uint8Array;
  /** Reads a text of at least 64 bytes; tells how many rows there are. */
  scan(text: string): number;
}

/** Makes a kernel; undefined when the host cannot, or has made as many as it wants to. */
export type KernelMaker = (automaton: Automaton) => ScanKernel | undefined;

let maker: KernelMaker | undefined;

/**
 * Reads long texts as fast as the host can; gives the maker before. Changes no result, so it holds for the whole process;
 * undefined has them read here.
 */
export function useScanKernel(next: KernelMaker | undefined): KernelMaker | undefined {
  const before = maker;
  maker = next;
  return before;
}

export function makeKernel(automaton: Automaton): ScanKernel | undefined {
  return maker?.(automaton);
}
