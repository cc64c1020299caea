import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FtwTest, Stage } from "@cuirass/ftw";
import { buildRequest } from "@cuirass/ftw";
import { builtInRuleSet, locateRuleSet } from "@cuirass/node";
import { readExpected } from "../expected.ts";
import type { CaseResult, SuiteResult } from "../suite-result.ts";
import { judgeCases } from "../suite-result.ts";
import type { Exchange, JudgingWaf } from "./built-in-exchange.ts";
import { createJudgingWaf, judgeExchange, judgeRaw, workloadGenerator } from "./built-in-exchange.ts";
import type { OnProgress } from "./crs.ts";
import { loadCrsTests, RULES } from "./crs.ts";

/** Share of the attacks that must be blocked, whatever the list of expected failures says. */
const DETECTION_FLOOR = 0.85;

/** Seeds of the generated workload. */
const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

/**
 * Measures the built-in rules against the CRS's own tests (decision 14): a case per attack, a case per benign exchange,
 * and a case that compares alarms on the CRS's counter-examples with those of the CRS. Attacks that are let through are
 * listed by name, so a rule that gets worse and a rule that gets better both fail the run.
 */
export async function runBuiltInRules(shared: string, onProgress: OnProgress): Promise<SuiteResult> {
  const started = performance.now();
  const { tests, files } = loadCrsTests(shared);
  const crs = createJudgingWaf(locateRuleSet({ rules: join(shared, RULES) }));
  const builtIn = createJudgingWaf(builtInRuleSet);
  const applicationAttacks = tests.filter(({ ruleId }) => attackFamily(ruleId) !== undefined);
  const attacks = applicationAttacks.filter(({ stages }) =>
    stages.some(({ output }) => output.expectIds?.some((id) => crs.levelOne.has(id)) === true),
  );
  const attackCases = await judgeAttacks(builtIn, attacks, onProgress);
  process.stdout.write(formatRates(attackCases));
  const cases = [
    ...attackCases,
    rateCase(attackCases),
    ...(await judgeBenign(builtIn, await benignExchanges(shared))),
    await compareAlarms(builtIn, crs, applicationAttacks),
  ];
  return judgeCases("built-in", files, cases, readExpected("built-in"), (performance.now() - started) / 1000);
}

/** Families 930 to 944 are attacks on applications. */
function attackFamily(ruleId: number): number | undefined {
  const family = Math.floor(ruleId / 1000);
  return family >= 930 && family <= 944 ? family : undefined;
}

async function judgeAttacks(
  judging: JudgingWaf,
  attacks: readonly FtwTest[],
  onProgress: OnProgress,
): Promise<CaseResult[]> {
  const cases: CaseResult[] = [];
  for (const { id, stages } of attacks) {
    let blocked = false;
    let rules = "";
    for (const { input } of stages) {
      const verdict = await judgeRaw(judging, buildRequest(input));
      blocked ||= verdict.blocked;
      rules += verdict.rules;
    }
    cases.push(blocked ? { id } : { id, failure: { expected: "blocked", got: rules === "" ? "no match" : rules } });
    onProgress(cases.length, attacks.length);
  }
  return cases;
}

/** A line per family and one for all. */
export function formatRates(cases: readonly CaseResult[]): string {
  const families = new Map<string, CaseResult[]>();
  for (const one of cases) {
    const family = one.id.slice(0, 3);
    families.set(family, [...(families.get(family) ?? []), one]);
  }
  return [...families, ["all", cases] as const].map(([family, of]) => `   ${family}: ${formatRate(of)}\n`).join("");
}

function formatRate(cases: readonly CaseResult[]): string {
  return `${blockedOf(cases)} of ${cases.length} blocked (${(100 * rateOf(cases)).toFixed(1)} %)`;
}

function blockedOf(cases: readonly CaseResult[]): number {
  return cases.filter(({ failure }) => failure === undefined).length;
}

function rateOf(cases: readonly CaseResult[]): number {
  return cases.length === 0 ? 0 : blockedOf(cases) / cases.length;
}

/** The list of expected failures may grow, but not past the floor. */
export function rateCase(cases: readonly CaseResult[]): CaseResult {
  const id = "detection rate";
  if (rateOf(cases) >= DETECTION_FLOOR) return { id };
  return { id, failure: { expected: `at least ${100 * DETECTION_FLOOR} %`, got: formatRate(cases) } };
}

/** The fixed workload as seed 0, and the generated ones. */
async function benignExchanges(shared: string): Promise<readonly (readonly [seed: number, Exchange])[]> {
  const generate = await workloadGenerator(shared);
  const fixed = JSON.parse(readFileSync(join(shared, "bench/workload.json"), "utf8")) as readonly Exchange[];
  const workloads = [fixed, ...SEEDS.map(generate)];
  return workloads.flatMap((workload, seed) =>
    workload.filter((exchange) => exchange.class === "benign").map((exchange) => [seed, exchange] as const),
  );
}

async function judgeBenign(
  judging: JudgingWaf,
  exchanges: readonly (readonly [seed: number, Exchange])[],
): Promise<CaseResult[]> {
  const cases: CaseResult[] = [];
  for (const [seed, exchange] of exchanges) {
    const id = `benign ${exchange.name} seed ${seed}`;
    const { rules, blocked } = await judgeExchange(judging, exchange);
    // A match below the threshold is an alarm too: someone reads the log.
    cases.push(blocked || rules !== "" ? { id, failure: { expected: "no match", got: rules } } : { id });
  }
  return cases;
}

/** Requests that the CRS's authors keep as counter-examples: we may alarm on no more of them than the CRS itself does. */
async function compareAlarms(builtIn: JudgingWaf, crs: JudgingWaf, tests: readonly FtwTest[]): Promise<CaseResult> {
  const stages = tests.flatMap((test) => test.stages.filter(isCounterExample).map((stage) => ({ test, stage })));
  const alarms: string[] = [];
  let byCrs = 0;
  for (const { test, stage } of stages) {
    const raw = buildRequest(stage.input);
    const verdict = await judgeRaw(builtIn, raw);
    if (verdict.blocked) alarms.push(`${test.id}: ${verdict.rules}`);
    if ((await judgeRaw(crs, raw)).blocked) byCrs++;
  }
  process.stdout.write(
    `   counter-examples: ${alarms.length} of ${stages.length} blocked; ${byCrs} by the CRS at paranoia level 1\n`,
  );
  const id = "counter-examples";
  if (alarms.length <= byCrs) return { id };
  const got = `${alarms.length} blocked\n       ${alarms.join("\n       ")}`;
  return { id, failure: { expected: `at most ${byCrs} blocked, as many as the CRS at paranoia level 1`, got } };
}

function isCounterExample({ output }: Stage): boolean {
  return output.noExpectIds !== undefined && output.noExpectIds.length > 0 && output.expectIds === undefined;
}
