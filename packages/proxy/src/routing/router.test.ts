import { expect, test } from "vitest";
import { pathReadings } from "./path-readings.ts";
import { Router } from "./router.ts";

const route = (name: string, path = "", hosts: string[] = []) => ({ name, path, hosts });
const router = new Router([
  route("static", "/static/"),
  route("api", "/api", ["api.example.com", "*.example.org"]),
  route("admin", "/admin"),
  route("rest"),
]);

function choose(target: string, host = "www.example.com"): string | number {
  const routing = router.choose({ method: "GET", target, version: "HTTP/1.1", headers: [["Host", host]], length: 0 });
  return "route" in routing ? routing.route.name : routing.status;
}

test.each([
  ["/static/a.css", "www.example.com", "static"],
  ["/static", "www.example.com", "rest"],
  ["/api", "api.example.com", "api"],
  ["/api/v1?x=/static/", "API.example.com:443", "api"],
  ["/api", "a.b.example.org.", "api"],
  ["/api", "example.org", "rest"],
  ["/apifoo", "api.example.com", "rest"],
  ["/admin/users", "www.example.com", "admin"],
  ["/", "", "rest"],
  ["http://www.example.com/admin", "www.example.com", "admin"],
  ["http://www.example.com?x", "www.example.com", "rest"],
  ["/caf%C3%A9/a%20b", "www.example.com", "rest"],
  ["*", "www.example.com", "rest"],
])("%s of %j goes to %s", (target, host, expected) => {
  expect(choose(target, host)).toBe(expected);
});

test.each([
  "/static/../admin",
  "/static/%2e%2e/admin",
  "/static/..%2fadmin",
  "/static/..%5cadmin",
  "/static/..;/admin",
  "/static/%252e%252e/admin",
  "//admin",
  "/./admin",
  "/%61dmin",
  "/x/../admin",
  "/admin;x",
])("%s could belong to two routes and is refused", (target) => {
  expect(choose(target)).toBe(400);
});

test("paths that stay within their route are fine however they are written", () => {
  for (const target of ["/static/a/../b", "/static/a%2Fb", "/admin/%61", "/foo/./bar//baz", "/foo;a=1/bar"]) {
    expect(choose(target)).not.toBe(400);
  }
});

test("without a route that takes everything the rest is not found", () => {
  const only = new Router([route("a", "/a", ["a.example"])]);
  const head = {
    method: "GET",
    target: "/a",
    version: "HTTP/1.1",
    headers: [["Host", "b.example"]],
    length: 0,
  } as const;
  expect(only.choose(head)).toEqual({ status: 404, reason: "no route takes this host and path" });
});

test("an ordinary path has one reading", () => {
  expect(pathReadings("/a/b-c_d.html?x=%2e%2e")).toEqual(["/a/b-c_d.html"]);
});
