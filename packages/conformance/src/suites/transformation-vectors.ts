import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { encodeUtf8 } from "@cuirass/engine";
import { transformations } from "@cuirass/engine/registries";
import type { CaseResult, SuiteResult } from "../suite-result.ts";
import type { TextConvention } from "./vector-text.ts";
import { readExpected } from "../expected.ts";
import { judgeCases } from "../suite-result.ts";
import { corazaText, modSecurityText } from "./vector-text.ts";

interface Vector {
  readonly name: string;
  readonly input: string;
  readonly output: string;
}

interface OracleRow {
  readonly t: string;
  readonly in?: string;
  readonly in_b64?: string;
  readonly out?: string;
  readonly out_b64?: string;
  readonly error?: string;
}

const byName = new Map<string, (value: string) => string>();
for (const { name, aliases = [], apply } of transformations) {
  for (const key of [name, ...aliases]) byName.set(key.toLowerCase(), apply);
}

/** The unit vectors of Coraza and of secrules-language-tests, judged on the output. */
export function runTransformationVectors(shared: string): SuiteResult {
  const started = performance.now();
  const cases: CaseResult[] = [];
  let files = 0;
  const sets: [string, TextConvention][] = [
    ["coraza", corazaText],
    ["secrules-language-tests", modSecurityText],
  ];
  for (const [set, text] of sets) {
    const folder = join(shared, "vectors", set, "transformations");
    for (const file of readdirSync(folder).sort()) {
      files++;
      const vectors = JSON.parse(readFileSync(join(folder, file), "utf8")) as readonly Vector[];
      vectors.forEach((vector, index) => {
        // Names such as `md5-test1` mean the transformation that the file is named after.
        const name = byName.has(vector.name.toLowerCase()) ? vector.name : file.replace(/\.json$/, "");
        cases.push(compare(`${set}/${file}#${index}`, name, text(vector.input), text(vector.output)));
      });
    }
  }
  return judgeCases("transformation-vectors", files, cases, expected("vectors:"), (performance.now() - started) / 1000);
}

/** What the real Coraza engine gives for 32 transformations of 217 inputs. */
export function runTransformationOracle(shared: string): SuiteResult {
  const started = performance.now();
  const rows = JSON.parse(
    readFileSync(join(shared, "vectors/oracle/transformations.json"), "utf8"),
  ) as readonly OracleRow[];
  const cases = rows.map((row, index) => {
    const input = bytes(row.in, row.in_b64);
    // A transformation that fails leaves the value as it is.
    const output = row.error === undefined ? bytes(row.out, row.out_b64) : input;
    return compare(`${row.t}#${index}`, row.t, input, output);
  });
  return judgeCases("transformation-oracle", 1, cases, expected("oracle:"), (performance.now() - started) / 1000);
}

function compare(id: string, name: string, input: string, want: string): CaseResult {
  const apply = byName.get(name.toLowerCase());
  if (apply === undefined)
    return { id, failure: { expected: JSON.stringify(want), got: `there is no transformation ${name}` } };
  const got = apply(input);
  return got === want
    ? { id }
    : { id, failure: { expected: JSON.stringify(want), got: `${JSON.stringify(got)} from ${JSON.stringify(input)}` } };
}

function bytes(text: string | undefined, base64: string | undefined): string {
  return base64 === undefined ? encodeUtf8(text ?? "") : Buffer.from(base64, "base64").toString("latin1");
}

function expected(prefix: string): ReadonlyMap<string, string> {
  const own = [...readExpected("transformations")].filter(([id]) => id.startsWith(prefix));
  return new Map(own.map(([id, reason]) => [id.slice(prefix.length), reason]));
}
