import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { MatchedRule } from "@cuirass/engine";
import { createWaf } from "@cuirass/engine";
import { createNodeHost } from "@cuirass/node";
import type { CaseResult, SuiteResult } from "../suite-result.ts";
import { judgeCases } from "../suite-result.ts";
import { readExpected } from "../expected.ts";
import { now, showInterruption, wire } from "./recorded-exchange.ts";
import { rootedFileSystem } from "./virtual-files.ts";

interface ProfileRequest {
  readonly title: string;
  readonly request: {
    readonly uri?: string;
    readonly method?: string;
    readonly version?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly data?: string;
    readonly dest_addr?: string;
    readonly port?: number;
    readonly stop_magic?: boolean;
    readonly raw_request?: string;
    readonly encoded_request?: string;
  };
  readonly response?: { readonly headers?: Readonly<Record<string, string>>; readonly data?: string };
  readonly expected: {
    readonly triggered_rules?: readonly number[];
    readonly non_triggered_rules?: readonly number[];
    readonly log_contains?: string;
    readonly no_log_contains?: string;
    readonly interruption: { rule_id: number; action: string; status: number; data: string } | null;
  };
}

interface Profile {
  readonly name: string;
  readonly source: string;
  readonly builds: readonly string[];
  readonly rules: string;
  readonly requests: readonly ProfileRequest[];
}

/** Coraza's engine profiles of the default build: one case per profile (two share a name, so the source tells them apart). */
export function runEngineProfiles(shared: string): SuiteResult {
  const started = performance.now();
  const file = join(shared, "vectors", "coraza-engine-profiles.json");
  const { profiles } = JSON.parse(readFileSync(file, "utf8")) as { profiles: readonly Profile[] };
  const root = join(shared, "vectors", "coraza", "testing-testdata");
  const cases = profiles
    .filter((profile) => profile.builds.includes("default"))
    .map((profile): CaseResult => {
      const id = `${profile.name}@${profile.source}`;
      const problems = runProfile(profile, root);
      return problems.length === 0 ? { id } : { id, failure: { expected: "the profile", got: problems.join("; ") } };
    });
  return judgeCases("profiles", 1, cases, readExpected("profiles"), (performance.now() - started) / 1000);
}

function runProfile(profile: Profile, root: string): string[] {
  try {
    return profile.requests.flatMap((request) => runRequest(profile, request, root));
  } catch (error) {
    return [(error as Error).message];
  }
}

function runRequest(profile: Profile, { title, request, response, expected }: ProfileRequest, root: string): string[] {
  const matched: MatchedRule[] = [];
  const waf = createWaf({
    directives: wire(profile.rules),
    host: createNodeHost({ fileSystem: rootedFileSystem(root) }),
    timeBudgetMs: Infinity,
  });
  const tx = waf.newTransaction({ id: "TXID" });
  const headers = new Map(Object.entries(request.headers ?? {}));
  let { uri = "/", method = "GET", version = "HTTP/1.1", data = "" } = request;
  const raw = request.encoded_request
    ? Buffer.from(request.encoded_request, "base64").toString("utf8")
    : request.raw_request;
  if (raw !== undefined && raw !== "") {
    const parsed = splitRaw(raw);
    ({ uri, method, version, data } = parsed);
    for (const [name, value] of parsed.headers) headers.set(name, value);
  }
  if (request.stop_magic !== true && data !== "") headers.set("content-length", String(Buffer.byteLength(data)));
  // The harness of the profiles writes both bodies before any phase.
  if (data !== "") void tx.writeRequestBody(wire(data));
  if (response?.data) void tx.writeResponseBody(wire(response.data));
  tx.processConnection("127.0.0.1", 80, request.dest_addr ?? "", request.port ?? 0);
  tx.processUri(wire(uri), method, version);
  for (const [name, value] of headers) tx.addRequestHeader(wire(name), wire(value));
  now(tx.processRequestHeaders());
  now(tx.processRequestBody());
  for (const [name, value] of Object.entries(response?.headers ?? { "Content-Type": "text/html" })) {
    tx.addResponseHeader(wire(name), wire(value));
  }
  now(tx.processResponseHeaders(200, "HTTP/1.1"));
  now(tx.processResponseBody());
  now(tx.processLogging());
  matched.push(...tx.matchedRules);
  const lines = matched.map((rule) => rule.errorLog());
  const problems: string[] = [];
  const has = (id: number): boolean => lines.some((line) => line.includes(`[id "${id}"]`));
  for (const id of expected.triggered_rules ?? []) if (!has(id)) problems.push(`rule ${id} did not trigger`);
  for (const id of expected.non_triggered_rules ?? []) if (has(id)) problems.push(`rule ${id} triggered`);
  const { log_contains: contains, no_log_contains: containsNot } = expected;
  if (contains && !lines.some((line) => line.includes(wire(contains))))
    problems.push(`no line contains ${contains}: ${lines.join(" | ")}`);
  if (containsNot && lines.some((line) => line.includes(wire(containsNot))))
    problems.push(`a line contains ${containsNot}`);
  const [want, got] = [showInterruption(expected.interruption), showInterruption(tx.interruption)];
  if (want !== got) problems.push(`interruption ${got} instead of ${want}`);
  tx.close();
  return problems.map((problem) => `${title}: ${problem}`);
}

function splitRaw(raw: string): {
  uri: string;
  method: string;
  version: string;
  data: string;
  headers: [string, string][];
} {
  const separator = raw.includes("\r\n\r\n") ? "\r\n" : "\n";
  const blank = raw.indexOf(separator + separator);
  const [first = "", ...lines] = (blank < 0 ? raw : raw.slice(0, blank)).split(separator);
  const [method = "", uri = "", version = ""] = first.split(" ");
  const headers = lines.filter(Boolean).map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { method, uri, version, headers, data: blank < 0 ? "" : raw.slice(blank + 2 * separator.length) };
}
