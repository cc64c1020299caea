import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { OperatorCompileContext } from "@cuirass/engine";
import { OperatorArgumentError, defaultSettings, encodeUtf8, findOperator } from "@cuirass/engine";
import { readExpected } from "../expected.ts";
import type { CaseResult, SuiteResult } from "../suite-result.ts";
import { judgeCases } from "../suite-result.ts";
import { CapturingState, personSchema, vectorContext } from "./operator-fakes.ts";
import type { TextConvention } from "./vector-text.ts";
import { corazaText, modSecurityText } from "./vector-text.ts";

interface Vector {
  readonly name: string;
  readonly param?: string;
  readonly input?: string;
  readonly ret: 0 | 1;
  readonly re_groups?: readonly string[];
}

interface OracleRow {
  readonly file: string;
  readonly op: string;
  readonly param: string;
  readonly in?: string;
  readonly in_b64?: string;
  readonly match?: boolean;
  readonly tx_captures?: readonly string[];
  readonly init_error?: string;
}

/** Matched or not and what was captured; or that the argument was refused. */
type Answer = { readonly match: boolean; readonly captures: readonly string[] } | { readonly refused: string };

const LANGUAGE_TESTS_PREFIX = "test-cases/secrules-language-tests/operators/op/";

/** The unit vectors of Coraza and of secrules-language-tests, judged on the answer and, where given, on the groups. */
export function runOperatorVectors(sharedDir: string): SuiteResult {
  const began = performance.now();
  const cases: CaseResult[] = [];
  let files = 0;
  for (const [set, text] of [
    ["coraza", corazaText],
    ["secrules-language-tests", modSecurityText],
  ] as const) {
    const folder = join(sharedDir, "vectors", set, "operators");
    const context = contextFor(folder);
    for (const file of readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .toSorted()) {
      files++;
      const vectors = JSON.parse(readFileSync(join(folder, file), "utf8")) as Vector[];
      vectors.forEach((vector, at) => {
        cases.push(judgeVector(`${set}/${file.slice(0, -5)}#${at}`, vector, text, context));
      });
    }
  }
  return judgeCases("operator-vectors", files, cases, expectedOf("vectors:"), seconds(began));
}

/** Answers of the real Coraza engine: match and captures; a row with an error expects that the argument is refused. */
export function runOperatorOracle(sharedDir: string): SuiteResult {
  const began = performance.now();
  const vectors = join(sharedDir, "vectors");
  const rows = JSON.parse(readFileSync(join(vectors, "oracle", "operators.json"), "utf8")) as OracleRow[];
  const cases = rows.map((row, at) => judgeRow(`${row.op}#${at}`, row, contextFor(join(vectors, row.file, ".."))));
  return judgeCases("operator-oracle", 1, cases, expectedOf("oracle:"), seconds(began));
}

function judgeVector(id: string, vector: Vector, text: TextConvention, context: OperatorCompileContext): CaseResult {
  const param = (vector.param ?? "").replace(LANGUAGE_TESTS_PREFIX, "");
  const answer = run(vector.name, text(param), text(vector.input ?? ""), context);
  const groups = vector.re_groups?.map(text) ?? [];
  // Captures count where the vector names groups; those of rxGlobal name only the first ones, some leave later matches out.
  const count = vector.name === "rxGlobal" || vector.re_groups === undefined ? groups.length : undefined;
  const got = "match" in answer ? { match: answer.match, captures: answer.captures.slice(0, count) } : answer;
  return compare(id, { match: vector.ret === 1, captures: groups }, got);
}

function judgeRow(id: string, row: OracleRow, context: OperatorCompileContext): CaseResult {
  const value =
    row.in_b64 === undefined ? encodeUtf8(row.in ?? "") : Buffer.from(row.in_b64, "base64").toString("latin1");
  const answer = run(row.op, encodeUtf8(row.param), value, context);
  if (row.init_error !== undefined) {
    return "refused" in answer
      ? { id }
      : { id, failure: { expected: `refused: ${row.init_error}`, got: JSON.stringify(answer) } };
  }
  const captures = (row.tx_captures ?? []).map(encodeUtf8);
  return compare(
    id,
    { match: row.match, captures },
    "match" in answer ? { ...answer, captures: filled(answer.captures) } : answer,
  );
}

/** Up to the last capture that is not empty: a slot holds "" before anything is stored, so the rows end there. */
function filled(captures: readonly string[]): readonly string[] {
  return captures.slice(0, captures.findLastIndex((text) => text !== "") + 1);
}

function compare(id: string, expected: object, got: object): CaseResult {
  const wanted = JSON.stringify(expected);
  const found = JSON.stringify(got);
  return wanted === found ? { id } : { id, failure: { expected: wanted, got: found } };
}

function run(name: string, argument: string, value: string, context: OperatorCompileContext): Answer {
  const operator = findOperator(name);
  if (operator === undefined) return { refused: `no operator ${name}` };
  const state = new CapturingState();
  try {
    const match = operator.compile(argument, context).match(value, state.asState());
    if (typeof match !== "boolean") throw new Error(`@${name} did not answer at once`);
    return { match, captures: state.captures };
  } catch (error) {
    if (error instanceof OperatorArgumentError) return { refused: error.message };
    throw error;
  }
}

/** Data files lie in `op`, below the folder of the vectors. */
function contextFor(folder: string): OperatorCompileContext {
  return vectorContext(defaultSettings(), (path) => {
    if (path.endsWith("schema.json")) return personSchema;
    const file = join(folder, "op", path);
    return existsSync(file) ? readFileSync(file, "latin1") : undefined;
  });
}

/** One list for both suites; the prefix says which suite an entry is for. */
function expectedOf(prefix: "vectors:" | "oracle:"): ReadonlyMap<string, string> {
  const entries = [...readExpected("operators")];
  return new Map(
    entries.filter(([id]) => id.startsWith(prefix)).map(([id, reason]) => [id.slice(prefix.length), reason]),
  );
}

function seconds(began: number): number {
  return (performance.now() - began) / 1000;
}
