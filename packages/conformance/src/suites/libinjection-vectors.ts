import { readFileSync } from "node:fs";
import { join } from "node:path";
import { detectSqli, detectXss } from "@cuirass/libinjection";
import type { CaseResult, SuiteResult } from "../suite-result.ts";
import { judgeCases } from "../suite-result.ts";

type SqliRow = readonly [
  input: string,
  c: boolean | number,
  fingerprintC: string,
  go: boolean | number | null,
  fingerprintGo: string | null,
];
type XssRow = readonly [input: string, c: boolean | number, go: boolean | number | null];

/** Recorded answers of libinjection: the Go version's, the C version's where the Go version crashed. */
export function runLibinjectionVectors(shared: string): SuiteResult {
  const started = performance.now();
  const folder = join(shared, "vectors", "libinjection");
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), "utf8"));
  const sqli = (read("vectors-sqli.json") as readonly SqliRow[]).map(
    ([input, c, fingerprintC, go, fingerprintGo], index): CaseResult => {
      const matches = go === null ? c : go;
      const want = matches ? ((go === null ? fingerprintC : fingerprintGo) ?? "") : "clean";
      return compare(`vectors-sqli.json#${index}`, input, want, (value) => detectSqli(value) ?? "clean");
    },
  );
  const xss = (read("vectors-xss.json") as readonly XssRow[]).map(([input, c, go], index): CaseResult =>
    compare(`vectors-xss.json#${index}`, input, String(Boolean(go === null ? c : go)), (value) =>
      String(detectXss(value)),
    ),
  );
  return judgeCases("libinjection", 2, [...sqli, ...xss], new Map(), (performance.now() - started) / 1000);
}

function compare(id: string, input: string, want: string, detect: (value: string) => string): CaseResult {
  const value = Buffer.from(input, "base64").toString("latin1");
  const got = detect(value);
  return got === want ? { id } : { id, failure: { expected: want, got: `${got} from ${JSON.stringify(value)}` } };
}
