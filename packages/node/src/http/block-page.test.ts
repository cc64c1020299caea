import { expect, test } from "vitest";
import { blockedResponse, ownResponse } from "./block-page.ts";

test("a redirect's target cannot end its header line", () => {
  const redirect = { ruleId: 1, action: "redirect", status: 302, data: "/a b\r\nX: y\x00" } as const;
  expect(blockedResponse(redirect, "id", "").headers).toEqual([["Location", "/a%20b%0D%0AX:%20y%00"]]);
});

test("a page for browsers, JSON for who asks for that and not for HTML", () => {
  expect(ownResponse(403, "id1", "text/html,application/json", "no").body).toContain("<code>id1</code>");
  expect(JSON.parse(ownResponse(403, "id1", "application/json", "no").body)).toMatchObject({
    status: 403,
    requestId: "id1",
  });
});
