import type { Prefilter } from "@cuirass/regex";
import { PrefilterBuilder } from "@cuirass/regex";
import { expect, test } from "vitest";
import type { Pipeline } from "./ruleset.ts";
import type { Place } from "./view-table.ts";
import { defaultSettings } from "../settings.ts";
import { transformations } from "../transformations/index.ts";
import { Entered } from "./entered.ts";
import { PipelineBuilder } from "./pipelines.ts";
import { TableParts } from "./table-parts.ts";
import { ViewTable } from "./view-table.ts";

/** Ways to one last step that share nothing before it: each subset of them is a place of its own. */
const firsts = [
  "urlDecode",
  "jsDecode",
  "cssDecode",
  "htmlEntityDecode",
  "removeNulls",
  "normalisePath",
  "trim",
  "utf8toUnicode",
];
const seconds = ["replaceComments", "escapeSeqDecode", "sqlHexDecode", "removeWhitespace"];

function prefilterOfOne(): Prefilter {
  const builder = new PrefilterBuilder();
  builder.add({ minLength: 1, groups: [["literal"]] });
  return builder.build();
}

function table(): { readonly table: ViewTable; readonly pipelines: readonly Pipeline[] } {
  const builder = new PipelineBuilder(defaultSettings());
  const names = firsts.flatMap((first) => seconds.map((second) => [first, second, "compressWhitespace"]));
  const pipelines = names.map((list) =>
    builder.of(list.map((name) => transformations.find((each) => each.name === name)!)),
  );
  const parts = new TableParts(prefilterOfOne());
  const entered = new Entered(Int32Array.of(pipelines.length), parts);
  const gates = pipelines.map(() => [0]);
  const view = new ViewTable(gates, 1, 0, parts, entered, 0);
  pipelines.forEach((pipeline, position) => view.add(position, pipeline));
  return { table: view, pipelines };
}

/** All places that are come to with every mixture of reactions, up to a depth. */
function wander(view: ViewTable, bits: readonly number[], each: (place: Place) => void): void {
  for (let mixture = 0; mixture < 1 << bits.length; mixture++) {
    const reactions = bits.reduce((all, bit, index) => (((mixture >> index) & 1) === 1 ? all | bit : all), 0);
    const pending = [view.start];
    while (pending.length > 0) {
      const place = pending.pop()!;
      each(place);
      for (const step of view.reading(place, reactions).steps) pending.push(step.place);
    }
  }
}

test("traffic of any mixture of bytes makes a bounded number of places, and of scanners", () => {
  const { table: view, pipelines } = table();
  const bits = [...new Set(pipelines.flatMap(({ bit, parent }) => [bit, parent!.bit, parent!.parent!.bit]))];
  const places = new Set<Place>();
  const scanners = new Set<unknown>();
  wander(view, bits, (place) => {
    places.add(place);
    scanners.add(view.scannerAt(place));
  });
  expect(places.size).toBeLessThanOrEqual(2000);
  expect(scanners.size).toBeLessThanOrEqual(65);
});

test("past the limit of places every stage is still come to by the reactions that lead there", () => {
  const { table: view, pipelines } = table();
  const bits = [...new Set(pipelines.flatMap(({ bit, parent }) => [bit, parent!.bit, parent!.parent!.bit]))];
  wander(view, bits, () => undefined);
  const all = bits.reduce((union, bit) => union | bit, 0);
  const reached = new Set<number>();
  const pending = [view.start];
  while (pending.length > 0) {
    const place = pending.pop()!;
    for (const stage of place.stages) reached.add(stage);
    for (const step of view.reading(place, all).steps) pending.push(step.place);
  }
  expect(reached.size).toBe(1 + firsts.length + 2 * firsts.length * seconds.length);
});
