import { expect, test } from "vitest";
import { createWaf } from "../waf.ts";

const directives = `SecRuleEngine On
SecRule REQUEST_HEADERS:Referer "@rx <frame" "id:1,phase:1,pass,nolog,t:none,t:urlDecodeUni"
SecRule REQUEST_HEADERS "@rx <script" "id:2,phase:1,pass,nolog,t:none,t:urlDecodeUni,t:removeNulls"
SecRule REQUEST_HEADERS "@rx <style" "id:3,phase:2,pass,nolog,t:none,t:urlDecodeUni,t:removeNulls,t:htmlEntityDecode"`;

/** Rules that match a request with this Referer. */
function matched(referer: string): number[] {
  const tx = createWaf({ directives }).newTransaction();
  void tx.processRequest({ method: "GET", uri: "/", headers: [["Referer", referer]] });
  return tx.matchedRules.map(({ rule }) => rule.id);
}

test.each([10, 300, 70_000])(
  "what a step makes of a value is judged by every rule, in whatever views: %i bytes",
  (size) => {
    // Rule 1 has the decoded text read for its own literal; steps after that change nothing in it.
    expect(matched(`/?a=${"b".repeat(size)}&c=%3cscript+src%3e`)).toEqual([2]);
    expect(matched(`/?a=${"b".repeat(size)}&c=%3cframe+%3cscript+%3cstyle`)).toEqual([1, 2, 3]);
    expect(matched(`/?a=${"b".repeat(size)}&c=%3cstyle+src%3e`)).toEqual([3]);
  },
);
