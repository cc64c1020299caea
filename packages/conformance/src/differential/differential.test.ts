import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { RULES } from "../suites/crs.ts";
import { regressionExchanges, workloadExchanges } from "./corpus.ts";
import { ExchangeGenerator } from "./generate.ts";
import { compareTwins, createTwins } from "./twins.ts";

/** The shortened form; `differential.slow.test.ts` takes every request of the CRS tests and 100,000 generated ones. */
const shared = process.env["CUIRASS_SHARED"] ?? "../shared";
const GENERATED = 300;
const EVERY = 40;

test.skipIf(!existsSync(join(shared, RULES)))(
  "the evaluator answers as a plain rule-by-rule evaluation does (needs the shared development data)",
  async () => {
    const twins = createTwins(shared);
    const regression = regressionExchanges(shared);
    const workload = await workloadExchanges(shared, []);
    const generator = new ExchangeGenerator([...regression, ...workload], 20_261_125);
    const generated = Array.from({ length: GENERATED }, (_, at) => generator.next(`generated ${at}`));
    const sample = [...regression.filter((_, at) => at % EVERY === 0), ...workload, ...generated];
    const differences = sample.map((exchange, at) => compareTwins(twins[at % twins.length]!, exchange));
    expect(differences.filter((difference) => difference !== undefined)).toEqual([]);
  },
  120_000,
);
