import { beforeEach, describe, expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { MemoryCollectionStore } from "./memory-store.ts";

let clock: FakeClock;
let store: MemoryCollectionStore;
beforeEach(() => {
  clock = new FakeClock();
  store = new MemoryCollectionStore({ clock });
});

const load = (key: string, ttl = 60): Record<string, string> => Object.fromEntries(store.load("IP", key, ttl));

describe("records", () => {
  test("a record that nobody wrote is empty and takes no room", () => {
    expect(load("a")).toEqual({});
    expect(store.size).toBe(0);
  });

  test("collections and keys are apart", () => {
    store.set("IP", "a", "x", "1");
    store.set("USER", "a", "x", "2");
    store.set("IP", "b", "x", "3");
    expect(load("a")).toEqual({ x: "1" });
    expect(Object.fromEntries(store.load("USER", "a", 60))).toEqual({ x: "2" });
    expect(load("b")).toEqual({ x: "3" });
  });

  test("what load returns is a copy", () => {
    store.set("IP", "a", "x", "1");
    store.load("IP", "a", 60).set("x", "9");
    expect(load("a")).toEqual({ x: "1" });
  });

  test("remove takes one variable away", () => {
    store.set("IP", "a", "x", "1");
    store.set("IP", "a", "y", "2");
    store.remove("IP", "a", "x");
    store.remove("IP", "none", "x");
    expect(load("a")).toEqual({ y: "2" });
  });
});

describe("time to live", () => {
  test("a record ends when its time has passed since the last write", () => {
    load("a", 60);
    store.set("IP", "a", "x", "1");
    clock.advance(59);
    store.set("IP", "a", "y", "2");
    clock.advance(59);
    expect(load("a")).toEqual({ x: "1", y: "2" });
    clock.advance(1);
    expect(load("a")).toEqual({});
    expect(store.size).toBe(0);
    expect(store.bytes).toBe(0);
  });

  test("reading does not prolong it", () => {
    load("a", 60);
    store.set("IP", "a", "x", "1");
    clock.advance(59);
    expect(load("a")).toEqual({ x: "1" });
    clock.advance(1);
    expect(load("a")).toEqual({});
  });

  test("a record that was never loaded lives for an hour", () => {
    store.set("IP", "a", "x", "1");
    clock.advance(3599);
    store.increment("IP", "a", "x", 1);
    clock.advance(3600);
    expect(load("a")).toEqual({});
  });

  test("expired records make room without being asked for", () => {
    load("a", 60);
    for (let n = 0; n < 100; n++) store.set("IP", `k${n}`, "x", "1");
    clock.advance(60);
    store.set("IP", "new", "x", "1");
    expect(store.size).toBe(1);
    expect(store.evictions).toBe(0);
  });
});

describe("expire", () => {
  test("a variable disappears alone", () => {
    store.set("IP", "a", "x", "1");
    store.set("IP", "a", "y", "2");
    store.expire("IP", "a", "x", 10);
    clock.advance(9);
    expect(load("a")).toEqual({ x: "1", y: "2" });
    clock.advance(1);
    expect(load("a")).toEqual({ y: "2" });
  });

  test("a later write keeps the time of a variable", () => {
    store.set("IP", "a", "x", "1");
    store.expire("IP", "a", "x", 10);
    store.set("IP", "a", "x", "2");
    expect(store.increment("IP", "a", "x", 1)).toBe(3);
    clock.advance(10);
    expect(load("a")).toEqual({});
  });

  test("a variable written after it expired lives again, without the old time", () => {
    store.set("IP", "a", "x", "5");
    store.expire("IP", "a", "x", 10);
    clock.advance(10);
    expect(store.increment("IP", "a", "x", 1)).toBe(1);
    clock.advance(30);
    expect(load("a")).toEqual({ x: "1" });
  });

  test("a variable that is not there is left alone", () => {
    store.expire("IP", "a", "x", 10);
    store.set("IP", "a", "y", "1");
    store.expire("IP", "a", "x", 10);
    clock.advance(20);
    expect(load("a")).toEqual({ y: "1" });
  });
});

describe("increment", () => {
  test("counts from 0 and returns the total", () => {
    expect(store.increment("IP", "a", "x", 5)).toBe(5);
    expect(store.increment("IP", "a", "x", -7)).toBe(-2);
    expect(load("a")).toEqual({ x: "-2" });
  });

  test("counts a text as 0", () => {
    store.set("IP", "a", "x", "many");
    expect(store.increment("IP", "a", "x", 1)).toBe(1);
  });

  test("stops at the largest exact number", () => {
    store.set("IP", "a", "x", String(Number.MAX_SAFE_INTEGER));
    expect(store.increment("IP", "a", "x", 10)).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe("bounds", () => {
  test("the record unwritten for longest goes first", () => {
    store = new MemoryCollectionStore({ clock, recordLimit: 2 });
    store.set("IP", "a", "x", "1");
    store.set("IP", "b", "x", "1");
    store.set("IP", "a", "x", "2");
    store.set("IP", "c", "x", "1");
    expect([load("a"), load("b"), load("c")]).toEqual([{ x: "2" }, {}, { x: "1" }]);
    expect(store.evictions).toBe(1);
  });

  test("the variable unwritten for longest goes first", () => {
    store = new MemoryCollectionStore({ clock, variableLimit: 2 });
    for (const name of ["a", "b", "a", "c"]) store.set("IP", "k", name, name);
    expect(load("k")).toEqual({ a: "a", c: "c" });
    expect(store.evictions).toBe(1);
  });

  test("bytes stay within the limit, whatever is written", () => {
    store = new MemoryCollectionStore({ clock, byteLimit: 64 * 1024 });
    for (let n = 0; n < 500; n++) {
      store.set("IP", `key${n % 70}`, `name${n % 11}`, "v".repeat((n * 37) % 3000));
      expect(store.bytes).toBeLessThanOrEqual(64 * 1024);
    }
    expect(store.evictions).toBeGreaterThan(0);
  });

  test("one record cannot push out the others", () => {
    store = new MemoryCollectionStore({ clock, byteLimit: 64 * 1024 });
    store.set("IP", "quiet", "x", "1");
    for (let n = 0; n < 1000; n++) store.set("IP", "loud", `name${n}`, "v".repeat(1000));
    expect(load("quiet")).toEqual({ x: "1" });
  });

  test("a value larger than a record is refused", () => {
    store = new MemoryCollectionStore({ clock, byteLimit: 16 * 1024 });
    expect(() => store.set("IP", "a", "x", "v".repeat(2000))).toThrow(RangeError);
    expect(load("a")).toEqual({});
  });

  test("bytes fall to nothing when everything is gone", () => {
    store.set("IP", "a", "x", "1");
    store.set("IP", "a", "x", "22");
    store.remove("IP", "a", "x");
    load("a", 0);
    store.set("IP", "a", "y", "1");
    expect(load("a")).toEqual({});
    expect(store.bytes).toBe(0);
  });
});
