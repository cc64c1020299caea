import { createServer } from "node:http";
import { createWaf } from "@cuirass/engine";
import { expect, test } from "vitest";
import type { HttpDecision } from "@cuirass/http";
import { createHttpWaf } from "@cuirass/http";
import { cuirass } from "@cuirass/http/node-http";
import { cleanUp, exchange, get, listen } from "./support.ts";

test("what hooks are told of a match shows no value that is to be masked", async () => {
  const seen: HttpDecision[] = [];
  const waf = createHttpWaf({
    waf: createWaf({
      directives: `SecRule ARGS:q "@contains attack" "id:1,phase:1,deny,log,logdata:'%{MATCHED_VAR}'"`,
      masking: { arguments: ["q"] },
    }),
    hooks: { blocked: (decision) => void seen.push(decision) },
  });
  cleanUp(() => waf.close());
  const port = await listen(createServer(cuirass((_request, response) => response.end("hello"), waf)));
  expect((await exchange(port, get("/?q=attackSecret"))).status).toBe(403);
  expect(seen[0]!.matchedRules).toHaveLength(1);
  expect(JSON.stringify(seen[0]!.matchedRules)).not.toContain("attackSecret");
});
