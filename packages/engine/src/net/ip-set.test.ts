import { describe, expect, test } from "vitest";
import { parseCidr } from "./cidr.ts";
import { IpSet } from "./ip-set.ts";
import { parseIp } from "./ip.ts";

function holds(networks: readonly string[], address: string): boolean {
  return new IpSet(networks.map((text) => parseCidr(text)!)).has(parseIp(address)!);
}

describe("parseCidr", () => {
  test.each(["", "/8", "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/a", "1.2.3.4/8/8", "::/129", "::1/ 8", "x/8"])(
    "refuses %j",
    (text) => {
      expect(parseCidr(text)).toBeUndefined();
    },
  );

  test("ignores bits past the prefix", () => {
    expect(parseCidr("10.1.2.3/8")).toEqual(parseCidr("10.0.0.0/8"));
    expect(parseCidr("2001:db8:ffff::/32")).toEqual(parseCidr("2001:db8::/32"));
  });
});

describe("IpSet", () => {
  test("holds the ends of a network and not their neighbours", () => {
    expect(holds(["10.0.0.0/8"], "10.0.0.0")).toBe(true);
    expect(holds(["10.0.0.0/8"], "10.255.255.255")).toBe(true);
    expect(holds(["10.0.0.0/8"], "9.255.255.255")).toBe(false);
    expect(holds(["10.0.0.0/8"], "11.0.0.0")).toBe(false);
    expect(holds(["2001:db8::/33"], "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff")).toBe(true);
    expect(holds(["2001:db8::/33"], "2001:db8:8000::")).toBe(false);
  });

  test("holds nothing when it is empty", () => {
    expect(holds([], "1.2.3.4")).toBe(false);
    expect(holds([], "::1")).toBe(false);
  });

  test("finds an address in any of many networks, whatever their order and overlap", () => {
    const networks = ["10.5.0.0/16", "192.168.0.0/24", "10.0.0.0/8", "10.200.0.1", "0.0.0.1", "255.255.255.255/32"];
    for (const address of ["10.5.1.1", "10.0.0.1", "10.200.0.1", "192.168.0.77", "0.0.0.1", "255.255.255.255"]) {
      expect(holds(networks, address)).toBe(true);
    }
    for (const address of ["0.0.0.0", "0.0.0.2", "9.9.9.9", "192.168.1.0", "255.255.255.254"]) {
      expect(holds(networks, address)).toBe(false);
    }
  });

  test("takes mapped addresses and networks as IPv4", () => {
    expect(holds(["1.2.3.0/24"], "::ffff:1.2.3.4")).toBe(true);
    expect(holds(["::ffff:1.2.3.0/120"], "1.2.3.4")).toBe(true);
    expect(holds(["::ffff:0:0/96"], "1.2.3.4")).toBe(true);
  });

  test("does not look for IPv4 in networks of IPv6", () => {
    expect(holds(["::/0"], "1.2.3.4")).toBe(false);
    expect(holds(["::/80"], "::ffff:1.2.3.4")).toBe(false);
    expect(holds(["0.0.0.0/0"], "::1")).toBe(false);
    expect(holds(["0.0.0.0/0"], "203.0.113.9")).toBe(true);
    expect(holds(["::/0"], "2001:db8::1")).toBe(true);
  });
});
