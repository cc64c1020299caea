import { PrefilterBuilder } from "@cuirass/regex";
import { expect, test } from "vitest";
import { Entry, Keyed } from "../variables/collections.ts";
import { EntryMemo } from "./entry-memo.ts";
import { HaystackMemo, Haystacks } from "./haystack.ts";

/** A text of its own, as each request has them. */
const fresh = (text: string): string => [...text].join("");

function threeTimes(memo: EntryMemo, key: string, value: string) {
  return [1, 2, 3].map(() => memo.of(fresh(key), fresh(value)));
}

test("a header that came before is one entry from the second time on", () => {
  const memo = new EntryMemo();
  const [first, second, third] = threeTimes(memo, "Accept-Encoding", "gzip, deflate, br");
  expect(first).not.toBe(second);
  expect(third).toBe(second);
  expect(third).toMatchObject({ key: "Accept-Encoding", lowerKey: "accept-encoding", value: "gzip, deflate, br" });
  expect(third!.named).toMatchObject({ key: "Accept-Encoding", value: "Accept-Encoding", shared: true });
});

test("another spelling of the name, or another value that looks alike, is another entry", () => {
  const memo = new EntryMemo();
  const value = "x".repeat(100);
  const kept = threeTimes(memo, "X-Token", value)[2]!;
  expect(memo.of("X-TOKEN", value)).not.toBe(kept);
  for (let at = 0; at < value.length; at++) {
    const other = `${value.slice(0, at)}y${value.slice(at + 1)}`;
    expect(memo.of("X-Token", other).value).toBe(other);
  }
});

test("long names and values are not kept", () => {
  const memo = new EntryMemo();
  for (const [key, value] of [
    ["Cookie", "c".repeat(257)],
    ["n".repeat(257), "1"],
  ] as const) {
    expect(threeTimes(memo, key, value).map(({ shared }) => shared)).toEqual([false, false, false]);
  }
});

test("what one transaction does to its headers is not seen by another", () => {
  const memo = new EntryMemo();
  const kept = threeTimes(memo, "Host", "www.example.com")[2]!;
  const [mine, other] = [new Keyed("REQUEST_HEADERS"), new Keyed("REQUEST_HEADERS")];
  for (const headers of [mine, other]) headers.addEntry(kept);
  mine.set("Host", "changed");
  expect([mine.first("host"), other.first("host"), kept.value]).toEqual([
    "changed",
    "www.example.com",
    "www.example.com",
  ]);
  expect(mine.data()).toEqual(new Map([["Host", ["changed"]]]));
});

test("a header that is sent twice counts twice, and is replaced and removed whole", () => {
  const memo = new EntryMemo();
  const kept = threeTimes(memo, "X-Twice", "1")[2]!;
  const twice = (): Keyed => {
    const headers = new Keyed("REQUEST_HEADERS");
    for (const entry of [kept, new Entry("Host", "a"), kept]) headers.addEntry(entry);
    return headers;
  };
  const values = (headers: Keyed): string[] => headers.entries.map(({ key, value }) => `${key}: ${value}`);
  expect(twice().data().get("X-Twice")).toEqual(["1", "1"]);
  const [replaced, removed] = [twice(), twice()];
  replaced.set("x-twice", "2");
  removed.remove("x-twice");
  expect([values(replaced), values(removed)]).toEqual([["X-Twice: 2", "Host: a"], ["Host: a"]]);
});

test("an entry that is kept holds no text of a transaction", () => {
  const builder = new PrefilterBuilder();
  builder.add({ minLength: 1, groups: [["literal"]] });
  const texts = new HaystackMemo(builder.build());
  const kept = threeTimes(new EntryMemo(), "Host", "www.example.com")[2]!;
  expect(new Haystacks(texts).ofEntry(kept).shared).toBe(false);
  expect(kept.haystack).toBeUndefined();
  expect(new Haystacks(texts).ofEntry(kept).shared).toBe(true);
  expect(kept.haystack).toBe(new Haystacks(texts).ofEntry(kept));
});
