import type { CollectionStore, Host, Waf } from "@cuirass/engine";
import { Transaction } from "@cuirass/engine";

const ROUNDS = 60;

const words = [
  "garden chairs",
  "running shoes",
  "travel bags & cases",
  "caf\xc3\xa9 tables",
  "O'Neill",
  "50% off",
  "a=b;c",
  "x<y",
];

const forgetful: CollectionStore = {
  load: () => new Map(),
  set: () => undefined,
  increment: (_collection, _key, _name, delta) => delta,
  remove: () => undefined,
  expire: () => undefined,
};

/**
 * Runs made-up exchanges through the rules, so that the first real ones meet automata and compiled code and are answered
 * in time. Stops after each exchange. Nothing outside notices: these transactions have no audit log, no store, no resolver,
 * no program runner, and log nothing.
 *
 * Perf: the first request after compiling the CRS took 7 to 20 ms, the same one after this 1 ms.
 */
export function* warmUp(waf: Waf): Generator<undefined, void, undefined> {
  const { clock, random, latin1 } = waf.context.host;
  const host: Host & { readonly clock: typeof clock } = {
    clock,
    collectionStore: forgetful,
    auditSink: { write: () => undefined },
    ...(random === undefined ? {} : { random }),
    ...(latin1 === undefined ? {} : { latin1 }),
  };
  const context: Waf["context"] = {
    ...waf.context,
    host,
    faultPolicy: "pass",
    onMatchedRule: undefined,
    onFault: undefined,
  };
  for (let round = 0; round < ROUNDS; round++) {
    exchange(new Transaction(context, `warm-up-${round}`), round);
    yield;
  }
}

/** One exchange of the kind browsers make; pauses for ports do not occur, and a promise would simply be dropped. */
function exchange(tx: Transaction, round: number): void {
  const word = words[round % words.length]!;
  const query = `q=${encodeURIComponent(word)}&page=${round}&ref=r${round * 7919}`;
  const post = round % 4 === 3;
  const headers: [string, string][] = [
    ["host", "www.example.com"],
    [
      "user-agent",
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36",
    ],
    ["accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"],
    ["accept-language", "en-GB,en-US;q=0.9,en;q=0.8"],
    ["referer", `https://www.example.com/list?${query}`],
    ["cookie", `sessionid=${(round * 2_654_435_761).toString(36)}; theme=dark; consent=id%3D${round}%26groups%3D1%2C2`],
  ];
  const body = JSON.stringify({ name: word, items: [round, round + 1], note: `order ${round} of ${word}` });
  if (post) headers.push(["content-type", round % 8 === 3 ? "application/json" : "application/x-www-form-urlencoded"]);
  if (post) headers.push(["content-length", String(body.length)]);
  void tx.processRequest({
    client: { address: "192.0.2.1", port: 1024 + round },
    server: { address: "192.0.2.2", port: 80 },
    method: post ? "POST" : "GET",
    uri: `/articles/${round}?${query}`,
    headers,
    ...(post ? { body: round % 8 === 3 ? body : query } : {}),
  });
  if (tx.interruption === undefined) {
    tx.addResponseHeader("content-type", "text/html");
    void tx.processResponseHeaders(200, "HTTP/1.1");
    void tx.writeResponseBody(`<!DOCTYPE html><html><body><p>${word} ${round}</p></body></html>`);
    void tx.processResponseBody();
  }
  tx.close();
}
