import { Resolver as DnsResolver } from "node:dns/promises";
import type { Resolver } from "@cuirass/engine";

const CACHE_LIMIT = 10_000;
const CACHE_MS = 60_000;

type Answer = { readonly text: string } | undefined;

/** DNS for `@rbl`, with a bounded cache of one minute. Failures and time-outs answer "not listed". */
export function createNodeResolver(): Resolver {
  const dns = new DnsResolver({ tries: 1 });
  const cache = new Map<string, { readonly until: number; readonly answer: Answer }>();
  const remember = (name: string, answer: Answer): Answer => {
    if (cache.size >= CACHE_LIMIT) cache.delete(cache.keys().next().value!);
    cache.set(name, { until: Date.now() + CACHE_MS, answer });
    return answer;
  };
  return {
    lookup: (name, timeoutMs) => {
      const known = cache.get(name);
      if (known !== undefined && known.until > Date.now()) return known.answer;
      return withTimeout(query(dns, name), timeoutMs).then((answer) => remember(name, answer));
    },
  };
}

async function query(dns: DnsResolver, name: string): Promise<Answer> {
  const listed = await Promise.any([dns.resolve4(name), dns.resolve6(name)]).catch(() => undefined);
  if (listed === undefined) return undefined;
  const texts = await dns.resolveTxt(name).catch(() => []);
  return { text: Buffer.from(texts[0]?.join("") ?? "", "utf8").toString("latin1") };
}

function withTimeout(answer: Promise<Answer>, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), timeoutMs);
    void answer.then((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}
