import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { RULES } from "../suites/crs.ts";
import { regressionExchanges, workloadExchanges } from "./corpus.ts";
import type { DifferentialExchange } from "./exchange.ts";
import { ExchangeGenerator } from "./generate.ts";
import type { Twins } from "./twins.ts";
import { compareTwins, createTwins } from "./twins.ts";

const shared = process.env["CUIRASS_SHARED"] ?? "../shared";
const GENERATED = Number(process.env["CUIRASS_DIFFERENTIAL"] ?? 100_000);
const SEED = 20_261_124;
const HOUR = 3_600_000;

/** Verdict, matched ids, matches, scores and log lines of every exchange are those of a plain rule-by-rule evaluation. */
describe.skipIf(!existsSync(join(shared, RULES)))(
  "the evaluator and a plain one (needs the shared development data)",
  () => {
    test.each(["CRS, settings of its tests", "CRS, level 2, blocking"])(
      "agree on every request of the CRS tests: %s",
      (name) => {
        const twins = createTwins(shared).find((each) => each.name === name)!;
        agree([twins], regressionExchanges(shared));
      },
      HOUR,
    );

    test(
      "agree on the workload of the benchmarks and its variants",
      async () => {
        const twins = createTwins(shared);
        const exchanges = await workloadExchanges(shared, [1, 2, 3]);
        for (const each of twins) agree([each], exchanges);
      },
      HOUR,
    );

    test(
      `agree on ${GENERATED} generated requests`,
      async () => {
        const corpus = [...regressionExchanges(shared), ...(await workloadExchanges(shared, [4]))];
        const generator = new ExchangeGenerator(corpus, SEED);
        agree(createTwins(shared), generate(generator, GENERATED));
      },
      2 * HOUR,
    );
  },
);

function* generate(generator: ExchangeGenerator, count: number): Iterable<DifferentialExchange> {
  for (let at = 0; at < count; at++) yield generator.next(`generated ${at} of seed ${SEED}`);
}

function agree(twins: readonly Twins[], exchanges: Iterable<DifferentialExchange>): void {
  let compared = 0;
  for (const exchange of exchanges) {
    const difference = compareTwins(twins[compared % twins.length]!, exchange);
    if (difference !== undefined) expect.fail(difference);
    compared++;
    if (compared % 5000 === 0) process.stdout.write(`  ${compared} exchanges compared\n`);
  }
}
