import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Interruption, MatchedRule, Waf, WholeRequest } from "@cuirass/engine";
import { createWaf, fromBytes } from "@cuirass/engine";
import { observeInProcess, ReflectBackend } from "@cuirass/ftw";
import type { RuleSet } from "@cuirass/node";
import { createNodeHost, ruleSetFileSystem, ruleSetSources } from "@cuirass/node";

/** A rule set as a user gets it, blocking, with the ids of its rules of paranoia level 1 and a log of its matches. */
export interface JudgingWaf {
  readonly waf: Waf;
  readonly levelOne: ReadonlySet<number>;
  readonly log: MatchedRule[];
}

/** Compiles a rule set with the recommended settings and its own defaults. */
export function createJudgingWaf(ruleSet: RuleSet): JudgingWaf {
  const log: MatchedRule[] = [];
  const levelOne = new Set<number>();
  const waf = createWaf({
    directives: ruleSetSources(ruleSet, { mode: "block" }),
    host: createNodeHost({ fileSystem: ruleSetFileSystem(ruleSet) }),
    onMatchedRule: (matched) => log.push(matched),
    onRule: ({ id, tags }) => {
      if (tags.includes("paranoia-level/1")) levelOne.add(id);
    },
    timeBudgetMs: Infinity,
  });
  return { waf, levelOne, log };
}

/** What a rule set made of a request. */
export interface Verdict {
  readonly blocked: boolean;
  /** Ids and messages of the rules that logged, for people. */
  readonly rules: string;
}

/** Judges the raw request of a CRS test, and the answer of the test back end. */
export async function judgeRaw(judging: JudgingWaf, raw: string): Promise<Verdict> {
  await observeInProcess(judging, new ReflectBackend(), raw);
  // In blocking mode only `deny` and its kin end a request; `pass` and `allow` count as disruptive, but let it go on.
  const blocked = judging.log.some(({ disruptive, disruptiveAction }) => disruptive && ends.has(disruptiveAction));
  return { blocked, rules: describe(judging.log) };
}

const ends = new Set(["deny", "drop", "redirect", "proxy"]);

/** A request of the workload with the answer of its application; texts are ordinary strings. */
export interface Exchange {
  readonly name: string;
  readonly class: string;
  readonly method: string;
  readonly uri: string;
  readonly protocol: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly bodyBase64?: string;
  readonly response: {
    readonly status: number;
    readonly headers: readonly (readonly [name: string, value: string])[];
    readonly body: string;
  };
}

/** The generator of the workload. */
export async function workloadGenerator(shared: string): Promise<(seed: number) => readonly Exchange[]> {
  const module = (await import(pathToFileURL(join(shared, "bench/gen-workload.mjs")).href)) as {
    generate(seed: number): readonly Exchange[];
  };
  return module.generate;
}

/** Judges an exchange of the workload, request and response. */
export async function judgeExchange({ waf, log }: JudgingWaf, exchange: Exchange): Promise<Verdict> {
  log.length = 0;
  const tx = waf.newTransaction();
  try {
    const request = wholeRequest(exchange);
    let interruption: Interruption | undefined = await tx.processRequest(request);
    if (interruption === undefined) {
      const { status, headers, body } = exchange.response;
      for (const [name, value] of headers) tx.addResponseHeader(utf8(name), utf8(value));
      interruption = await tx.processResponseHeaders(status, "HTTP/1.1");
      if (interruption === undefined && tx.isResponseBodyAccessible() && tx.isResponseBodyProcessable()) {
        interruption = (await tx.writeResponseBody(Buffer.from(body, "utf8"))).interruption;
      }
      interruption ??= await tx.processResponseBody();
    }
    await tx.processLogging();
    return { blocked: interruption !== undefined, rules: describe(log) };
  } finally {
    tx.close();
  }
}

function wholeRequest({ method, uri, protocol, headers, body, bodyBase64 }: Exchange): WholeRequest {
  return {
    client: { address: "192.0.2.1", port: 40_000 },
    server: { address: "192.0.2.2", port: 443 },
    method: utf8(method),
    uri: utf8(uri),
    protocol,
    headers: headers.map(([name, value]) => [utf8(name), utf8(value)] as const),
    body: bodyBase64 === undefined ? utf8(body) : Buffer.from(bodyBase64, "base64"),
  };
}

function utf8(text: string): string {
  return fromBytes(Buffer.from(text, "utf8"));
}

function describe(log: readonly MatchedRule[]): string {
  return log.map(({ rule, data }) => `${rule.id}${data === "" ? "" : ` (${data.slice(0, 120)})`}`).join(", ");
}
