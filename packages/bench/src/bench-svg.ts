import type { PeerRow, RatioRow } from "./peers/peer-report.ts";
import { formatNumber } from "./table.ts";

const WIDTH = 720;
const LEFT = 150;
const RIGHT = 130;
const BAR = 14;
const GROUP = 52;
const TOP = 64;
const FOOT = 34;

/**
 * A picture of a comparison: a pair of bars (ours, the peer's) per level and class, benign and attack means of values that
 * are new in every round, where there are such: what is repeated flatters an engine that remembers. Legible on light and on dark ground: the text takes its colour from the reader's setting.
 */
export function drawComparison(
  peer: string,
  rows: readonly PeerRow[],
  peerRows: readonly PeerRow[],
  ratios: readonly RatioRow[],
): string {
  const shown = rows
    .map((row, at) => ({ row, peer: peerRows[at]!, ratio: ratios[at]! }))
    .filter(({ row }) => row.unique === rows.some(({ unique }) => unique));
  const values = shown.some(({ row }) => row.unique) ? "values new in every round" : "values repeated";
  const most = Math.max(...shown.map((each) => Math.max(each.row.meanUs, each.peer.meanUs)), 1);
  const height = TOP + shown.length * GROUP + FOOT;
  const scale = (WIDTH - LEFT - RIGHT) / most;
  const groups = shown.map((each, at) => drawGroup(each.row, each.peer, each.ratio, TOP + at * GROUP, scale));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Mean time per transaction, Cuirass and ${escapeXml(peer)}">
<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-size: 16px; font-weight: 600 }
.quiet { fill: #59636e; font-size: 12px }
.own { fill: #0969da }
.peer { fill: #afb8c1 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .quiet { fill: #9198a1 }
  .own { fill: #4493f8 }
  .peer { fill: #57606a }
}
</style>
<text class="title" x="16" y="26">Mean time per transaction under the OWASP CRS (shorter is better)</text>
<rect class="own" x="16" y="38" width="12" height="12" rx="2"/><text x="34" y="49">Cuirass</text>
<rect class="peer" x="104" y="38" width="12" height="12" rx="2"/><text x="122" y="49">${escapeXml(peer)}</text>
${groups.join("\n")}
<text class="quiet" x="16" y="${height - 12}">One core, whole transactions with responses, ${values}, rounds in turn, verdicts checked in the same run.</text>
</svg>
`;
}

function drawGroup(row: PeerRow, peer: PeerRow, ratio: RatioRow, y: number, scale: number): string {
  return [
    `<text x="16" y="${y + 15}">${escapeXml(levelName(row))}</text>`,
    `<text class="quiet" x="16" y="${y + 32}">${row.class}, ${formatNumber(ratio.mean)}x faster</text>`,
    drawBar("own", row.meanUs, y + 4, scale),
    drawBar("peer", peer.meanUs, y + 6 + BAR, scale),
  ].join("\n");
}

function drawBar(kind: "own" | "peer", us: number, y: number, scale: number): string {
  const width = Math.max(2, Math.round(us * scale));
  return (
    `<rect class="${kind}" x="${LEFT}" y="${y}" width="${width}" height="${BAR}" rx="2"/>` +
    `<text class="quiet" x="${LEFT + width + 6}" y="${y + BAR - 3}">${formatNumber(us / 1000)} ms</text>`
  );
}

function levelName({ level }: PeerRow): string {
  return level === "4-full" ? "level 4, all phases" : `level ${level}`;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
