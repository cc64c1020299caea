import { describe, expect, test } from "vitest";
import { isCpf, isRut, isSsn, isSvnr, passesLuhn } from "./identity-numbers.ts";

describe("passesLuhn", () => {
  test.each(["4417123456789113", "5484-6050-8915-8216", " 30311556856867.", "0"])("accepts %s", (text) => {
    expect(passesLuhn(text)).toBe(true);
  });
  test.each(["", "abc", "4417123456789112", "1", "1234567890012345"])("refuses %j", (text) => {
    expect(passesLuhn(text)).toBe(false);
  });
});

describe("isCpf", () => {
  test.each(["010.817.514-60", "01081751460", "0108175146099"])("accepts %s", (text) => {
    expect(isCpf(text)).toBe(true);
  });
  test.each(["", "010.817.514-61", "010.817.514-50", "0108175146", "111.111.111-11", "01234567890"])(
    "refuses %j",
    (text) => {
      expect(isCpf(text)).toBe(false);
    },
  );
});

describe("isSvnr", () => {
  test.each(["1237010180", "1237 010180"])("accepts %s", (text) => {
    expect(isSvnr(text)).toBe(true);
  });
  test.each(["", "1236010180", "123701018", "0000000000", "1234567890", "0123456789"])("refuses %j", (text) => {
    expect(isSvnr(text)).toBe(false);
  });
});

describe("isSsn", () => {
  test.each(["219-09-9999", "574-57-8065", "739-99-9999", "001-01-0001"])("accepts %s", (text) => {
    expect(isSsn(text, 9)).toBe(true);
  });
  test.each([
    "",
    "574-57-806",
    "000-09-9999",
    "666-09-9999",
    "740-09-9999",
    "219-00-9999",
    "219-09-0000",
    "111-11-1111",
    "123-45-6789",
  ])("refuses %j", (text) => {
    expect(isSsn(text, 9)).toBe(false);
  });
  test("takes the digits past the ninth into account only for runs", () => {
    expect(isSsn("1234567891", 9)).toBe(false);
    expect(isSsn("1234567891", Infinity)).toBe(true);
    expect(isSsn("1111111112", Infinity)).toBe(true);
  });
});

describe("isRut", () => {
  test.each(["11.111.111-1", "12.345.678-5", "9.999.999-3", "10000013-K", "10.000.013-k", "30.686.957-4"])(
    "accepts %s",
    (text) => {
      expect(isRut(text)).toBe(true);
    },
  );
  test.each(["", "11.111.111-0", "1-9", "1k.111.111-1", "--------", "kkkkkkkk"])("refuses %j", (text) => {
    expect(isRut(text)).toBe(false);
  });
});
