import type { WorkloadRow } from "../report.ts";
import { formatNumber, formatTable } from "../table.ts";

/** Times of one engine on one class at one level: medians over the rounds. `blocked` and `total` count all rounds. */
export type PeerRow = Omit<WorkloadRow, "mbPerSecond">;

/** How many times faster ours is than the peer: the peer's time over ours. */
export interface RatioRow extends Pick<WorkloadRow, "level" | "class" | "unique"> {
  readonly median: number;
  readonly mean: number;
}

/** Rows of both engines come in the same order. */
export function ratiosOf(rows: readonly PeerRow[], peerRows: readonly PeerRow[]): RatioRow[] {
  return rows.map((row, at) => {
    const peer = peerRows[at]!;
    return {
      level: row.level,
      class: row.class,
      unique: row.unique,
      median: peer.medianUs / row.medianUs,
      mean: peer.meanUs / row.meanUs,
    };
  });
}

/** The table of the comparison, milliseconds per transaction. */
export function formatComparison(
  peer: string,
  rows: readonly PeerRow[],
  peerRows: readonly PeerRow[],
  ratios: readonly RatioRow[],
): string {
  return formatTable(
    [`against ${peer}`, "median ms", "peer", "ratio", "mean ms", "peer", "ratio", "blocked", "peer", "of"],
    rows.map((row, at) => {
      const other = peerRows[at]!;
      const ratio = ratios[at]!;
      return [
        `${String(row.level).padEnd(6)} ${row.class.padEnd(7)} ${row.unique ? "unique" : "repeated"}`,
        formatNumber(row.medianUs / 1000),
        formatNumber(other.medianUs / 1000),
        `${formatNumber(ratio.median)}x`,
        formatNumber(row.meanUs / 1000),
        formatNumber(other.meanUs / 1000),
        `${formatNumber(ratio.mean)}x`,
        String(row.blocked),
        String(other.blocked),
        String(row.total),
      ];
    }),
  );
}
