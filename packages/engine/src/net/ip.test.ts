import { describe, expect, test } from "vitest";
import type { IpWords } from "./ip.ts";
import { parseIp } from "./ip.ts";
import { reverseName } from "./reverse-name.ts";

describe("parseIp", () => {
  const good: [string, 4 | 6, IpWords][] = [
    ["0.0.0.0", 4, [0, 0, 0xffff, 0]],
    ["255.255.255.255", 4, [0, 0, 0xffff, 0xffffffff]],
    ["192.0.2.1", 4, [0, 0, 0xffff, 0xc0000201]],
    ["::", 6, [0, 0, 0, 0]],
    ["::1", 6, [0, 0, 0, 1]],
    ["1::", 6, [0x10000, 0, 0, 0]],
    ["2001:db8::ff00:42:8329", 6, [0x20010db8, 0, 0xff00, 0x428329]],
    ["2001:DB8:0:0:8:800:200C:417A", 6, [0x20010db8, 0, 0x80800, 0x200c417a]],
    ["1:2:3:4:5:6:7::", 6, [0x10002, 0x30004, 0x50006, 0x70000]],
    ["::2:3:4:5:6:7:8", 6, [2, 0x30004, 0x50006, 0x70008]],
    ["::ffff:192.0.2.1", 4, [0, 0, 0xffff, 0xc0000201]],
    ["::ffff:c000:201", 4, [0, 0, 0xffff, 0xc0000201]],
    ["64:ff9b::192.0.2.33", 6, [0x64ff9b, 0, 0, 0xc0000221]],
    ["1:2:3:4:5:6:1.2.3.4", 6, [0x10002, 0x30004, 0x50006, 0x1020304]],
  ];
  test.each(good)("reads %s", (text, version, words) => {
    expect(parseIp(text)).toEqual({ version, words });
  });

  const bad = [
    "",
    ".",
    ":",
    ":::",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.",
    ".1.2.3",
    "1..2.3",
    "01.2.3.4",
    "1.2.3.00",
    "1.2.3.256",
    "1.2.3.1000",
    "1.2.3.4 ",
    " 1.2.3.4",
    "1.2.3.4:80",
    "1.2.3.0x4",
    "+1.2.3.4",
    "1.2.3.4\0",
    "[::1]",
    "fe80::1%eth0",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "::1:2:3:4:5:6:7:8",
    "1::2::3",
    ":1",
    ":1::2",
    "1:",
    "::1:",
    "12345::",
    "g::",
    "1:2:3:4:5:6:7:1.2.3.4",
    "::1.2.3",
    "::01.2.3.4",
    "1.2.3.4::",
    "0".repeat(5000),
    ":".repeat(5000),
  ];
  test.each(bad)("refuses %j", (text) => {
    expect(parseIp(text)).toBeUndefined();
  });
});

describe("reverseName", () => {
  test("turns the octets of IPv4 round", () => {
    expect(reverseName(parseIp("192.0.2.99")!)).toBe("99.2.0.192");
    expect(reverseName(parseIp("::ffff:192.0.2.99")!)).toBe("99.2.0.192");
  });

  test("turns the nibbles of IPv6 round", () => {
    expect(reverseName(parseIp("2001:db8:1:2:3:4:567:89ab")!)).toBe(
      "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2",
    );
  });
});
