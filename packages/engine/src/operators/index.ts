import type { OperatorDefinition } from "../operator.ts";
import { beginsWith } from "./begins-with.ts";
import { contains } from "./contains.ts";
import { containsWord } from "./contains-word.ts";
import { detectSQLi } from "./detect-sqli.ts";
import { detectXSS } from "./detect-xss.ts";
import { endsWith } from "./ends-with.ts";
import { eq } from "./eq.ts";
import { ge } from "./ge.ts";
import { geoLookup } from "./geo-lookup.ts";
import { gt } from "./gt.ts";
import { inspectFile } from "./inspect-file.ts";
import { ipMatch } from "./ip-match.ts";
import { ipMatchFromDataset } from "./ip-match-from-dataset.ts";
import { ipMatchFromFile } from "./ip-match-from-file.ts";
import { le } from "./le.ts";
import { lt } from "./lt.ts";
import { noMatch } from "./no-match.ts";
import { pm } from "./pm.ts";
import { pmFromDataset } from "./pm-from-dataset.ts";
import { pmFromFile } from "./pm-from-file.ts";
import { rbl } from "./rbl.ts";
import { restpath } from "./restpath.ts";
import { rx } from "./rx.ts";
import { rxGlobal } from "./rx-global.ts";
import { streq } from "./streq.ts";
import { strmatch } from "./strmatch.ts";
import { unconditionalMatch } from "./unconditional-match.ts";
import { validateByteRange } from "./validate-byte-range.ts";
import { validateNid } from "./validate-nid.ts";
import { validateSchema } from "./validate-schema.ts";
import { validateUrlEncoding } from "./validate-url-encoding.ts";
import { validateUtf8Encoding } from "./validate-utf8-encoding.ts";
import { verifyCC } from "./verify-cc.ts";
import { verifyCPF } from "./verify-cpf.ts";
import { verifySSN } from "./verify-ssn.ts";
import { verifySVNR } from "./verify-svnr.ts";
import { within } from "./within.ts";

export { unsupportedOperators } from "./unsupported.ts";

/** All operators, in the order of the reference. */
export const operators: readonly OperatorDefinition[] = [
  rx,
  rxGlobal,
  pm,
  pmFromFile,
  pmFromDataset,
  beginsWith,
  contains,
  containsWord,
  endsWith,
  streq,
  strmatch,
  within,
  eq,
  ge,
  gt,
  le,
  lt,
  detectSQLi,
  detectXSS,
  ipMatch,
  ipMatchFromFile,
  ipMatchFromDataset,
  rbl,
  geoLookup,
  validateByteRange,
  validateUrlEncoding,
  validateUtf8Encoding,
  validateSchema,
  validateNid,
  verifyCC,
  verifyCPF,
  verifySSN,
  verifySVNR,
  restpath,
  inspectFile,
  unconditionalMatch,
  noMatch,
];

const byName: ReadonlyMap<string, OperatorDefinition> = new Map(
  operators.flatMap((operator) =>
    [operator.name, ...(operator.aliases ?? [])].map((name) => [name.toLowerCase(), operator] as const),
  ),
);

/**
 * The operator of that name or alias.
 *
 * Compat: in any case, as in ModSecurity; Coraza knows only the exact spelling (spec: seclang, 6.1). No two names differ in
 * case alone, so nothing that Coraza accepts can mean another operator here.
 */
export function findOperator(name: string): OperatorDefinition | undefined {
  return byName.get(name.toLowerCase());
}
