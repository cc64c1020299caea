import type { CollectionStore, Waf } from "@cuirass/engine";
import { Transaction } from "@cuirass/engine";

const forgetful: CollectionStore = {
  load: () => new Map(),
  set: () => undefined,
  increment: (_collection, _key, _name, delta) => delta,
  remove: () => undefined,
  expire: () => undefined,
};

const words = ["garden chairs", "caf\xc3\xa9 tables", "O'Neill", "50% off", "a=b;c", "x<y"];

/**
 * Runs made-up exchanges, so that functions, automata and memos that come to be on first use exist before the first
 * request, and before a snapshot is taken. Nothing outside notices: no audit log, no store, no log lines.
 */
export function warmUp(waf: Waf, rounds: number, limitMs: number): void {
  const { host } = waf.context;
  const context: Waf["context"] = {
    ...waf.context,
    host: { clock: host.clock, latin1: host.latin1!, random: host.random!, collectionStore: forgetful },
    faultPolicy: "pass",
    onMatchedRule: undefined,
    onFault: undefined,
  };
  const end = native.monotonic() + limitMs;
  for (let round = 0; round < rounds && native.monotonic() < end; round++) {
    exchange(new Transaction(context, `warm-up-${round}`), round);
  }
}

function exchange(tx: Transaction, round: number): void {
  const word = words[round % words.length]!;
  const query = `q=${encodeURIComponent(word)}&page=${round}`;
  const json = round % 4 === 1;
  const form = round % 4 === 3;
  const body = json ? JSON.stringify({ name: word, items: [round] }) : query;
  const headers: [string, string][] = [
    ["host", "www.example.com"],
    [
      "user-agent",
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36",
    ],
    ["accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"],
    ["accept-language", "en-GB,en;q=0.9"],
    ["accept-encoding", "gzip, deflate, br"],
    ["referer", `https://www.example.com/list?${query}`],
    ["cookie", `sessionid=${(round * 2_654_435_761).toString(36)}; theme=dark; consent=id%3D${round}`],
  ];
  if (json) headers.push(["content-type", "application/json"]);
  if (form) headers.push(["content-type", "application/x-www-form-urlencoded"]);
  if (json || form) headers.push(["content-length", String(body.length)]);
  void tx.processRequest({
    client: { address: "192.0.2.1", port: 1024 + round },
    server: { address: "192.0.2.2", port: 80 },
    method: json || form ? "POST" : "GET",
    uri: `/articles/${round}?${query}`,
    headers,
    ...(json || form ? { body } : {}),
  });
  tx.addResponseHeader("content-type", "text/html");
  void tx.processResponseHeaders(200, "HTTP/1.1");
  void tx.writeResponseBody(`<!DOCTYPE html><html><body><p>${word} ${round}</p></body></html>\n`.repeat(20));
  void tx.processResponseBody();
  void tx.processLogging();
  tx.close();
}
