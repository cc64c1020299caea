import type { SuiteResult } from "../suite-result.ts";
import { mergeResults } from "../merge-results.ts";
import { runBuiltInRules } from "./built-in-rules.ts";
import { runCrsExpress, runCrsFastify } from "./crs-adapters.ts";
import { runCrs, runCrsProxy } from "./crs.ts";
import { runCrsHaproxy } from "./crs-haproxy.ts";
import { runCrsNginx } from "./crs-nginx.ts";
import { runEngineProbes } from "./engine-probes.ts";
import { runEngineProfiles } from "./engine-profiles.ts";
import { runLibinjectionVectors } from "./libinjection-vectors.ts";
import { runOperatorOracle, runOperatorVectors } from "./operator-vectors.ts";
import { runTransformationOracle, runTransformationVectors } from "./transformation-vectors.ts";

/** Runs a suite on the shared data. */
export type Suite = (
  shared: string,
  onProgress: (done: number, total: number) => void,
) => SuiteResult | Promise<SuiteResult>;

/** Suites by name (decision 11). */
export const suites: Readonly<Record<string, Suite>> = {
  vectors: (shared) => mergeResults("vectors", [runTransformationVectors(shared), runOperatorVectors(shared)]),
  oracle: (shared) =>
    mergeResults("oracle", [runTransformationOracle(shared), runOperatorOracle(shared), runEngineProbes(shared)]),
  libinjection: (shared) => runLibinjectionVectors(shared),
  profiles: (shared) => runEngineProfiles(shared),
  "built-in": runBuiltInRules,
  crs: runCrs,
  "crs-proxy": runCrsProxy,
  "crs-express": runCrsExpress,
  "crs-fastify": runCrsFastify,
  "crs-haproxy": runCrsHaproxy,
  "crs-nginx": runCrsNginx,
};
