import { readFileSync } from "node:fs";
import { join } from "node:path";
import { encodeUtf8 } from "@cuirass/engine";
import { buildRequest, parseLenient, ReflectBackend } from "@cuirass/ftw";
import { loadCrsTests } from "../suites/crs.ts";
import type { Exchange } from "../suites/built-in-exchange.ts";
import { workloadGenerator } from "../suites/built-in-exchange.ts";
import type { DifferentialExchange } from "./exchange.ts";

/** Every request of the CRS regression tests, with the answer of the test back end. */
export function regressionExchanges(shared: string): DifferentialExchange[] {
  const backend = new ReflectBackend();
  return loadCrsTests(shared).tests.flatMap(({ id, stages }) =>
    stages.map(({ input }, stage) => {
      const request = parseLenient(buildRequest(input));
      const response = backend.answer(request.method, request.uri, request.body);
      return { name: `CRS test ${id} stage ${stage}`, ...request, response };
    }),
  );
}

/** The workload of the benchmarks, and its variants by seed. */
export async function workloadExchanges(shared: string, seeds: readonly number[]): Promise<DifferentialExchange[]> {
  const generate = await workloadGenerator(shared);
  const fixed = JSON.parse(readFileSync(join(shared, "bench/workload.json"), "utf8")) as readonly Exchange[];
  return [fixed, ...seeds.map(generate)].flatMap((workload, at) =>
    workload.map((exchange) => ({ ...inBytes(exchange), name: `workload ${exchange.name} variant ${at}` })),
  );
}

function inBytes({ name, method, uri, protocol, headers, body, bodyBase64, response }: Exchange): DifferentialExchange {
  const lines = (list: Exchange["headers"]): [string, string][] =>
    list.map(([key, value]) => [encodeUtf8(key), encodeUtf8(value)]);
  return {
    name,
    method,
    uri: encodeUtf8(uri),
    protocol,
    headers: lines(headers),
    body: bodyBase64 === undefined ? encodeUtf8(body) : Buffer.from(bodyBase64, "base64").toString("latin1"),
    response: { status: response.status, headers: lines(response.headers), body: encodeUtf8(response.body) },
  };
}
