import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Progress } from "../progress.ts";
import type { LoadReport } from "../report.ts";
import { median } from "../statistics.ts";

const CHILD = fileURLToPath(new URL("./load-child.js", import.meta.url));
const MB = 1_000_000;

interface ChildFigures {
  readonly loadMs: number;
  readonly rss: number;
  readonly collectedRss: number;
  readonly bareRss: number;
  readonly extraBytes: number;
  readonly extraMs: number;
}

/** Loads the CRS in fresh processes, one after the other; medians of what they say. */
export function measureLoad(crs: string, runs: number, progress: Progress): LoadReport {
  const figures: ChildFigures[] = [];
  for (let run = 1; run <= runs; run++) {
    progress.show(`load in a fresh process, ${run} of ${runs}`);
    const output = execFileSync(process.execPath, ["--expose-gc", CHILD, crs], { encoding: "utf8" });
    figures.push(JSON.parse(output) as ChildFigures);
  }
  const middle = (field: keyof ChildFigures): number => median(figures.map((each) => each[field]));
  return {
    loadMs: middle("loadMs"),
    rssMb: middle("rss") / MB,
    rssCollectedMb: middle("collectedRss") / MB,
    rssBareMb: middle("bareRss") / MB,
    extraWafMb: middle("extraBytes") / MB,
    extraWafMs: middle("extraMs"),
  };
}
