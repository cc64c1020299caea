import { PrefilterBuilder } from "@cuirass/regex";
import { describe, expect, test } from "vitest";
import { PipelineBuilder } from "../compile/pipelines.ts";
import { defaultSettings } from "../settings.ts";
import { transformations } from "../transformations/index.ts";
import { HaystackMemo, Haystacks } from "./haystack.ts";

function newMemo(): HaystackMemo {
  const builder = new PrefilterBuilder();
  builder.add({ minLength: 1, groups: [["literal"]] });
  return new HaystackMemo(builder.build());
}

/** A text of its own, as each request has them. */
const fresh = (text: string): string => [...text].join("");

test("a text that came before is found again in later transactions, with what was found out about it", () => {
  const memo = newMemo();
  for (const text of ["gzip", "gzip"]) new Haystacks(memo).of(fresh(text));
  const kept = new Haystacks(memo).of(fresh("gzip"));
  expect(kept.shared).toBe(true);
  expect(new Haystacks(memo).of(fresh("gzip"))).toBe(kept);
});

test("a text and what a transformation makes of it do not drive each other out", () => {
  const memo = newMemo();
  const urlDecode = transformations.find(({ name }) => name === "urlDecodeUni")!;
  const pipeline = new PipelineBuilder(defaultSettings()).of([urlDecode]);
  // Long enough that not every byte is part of its mark, and the plus is none of those that are.
  const accept =
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/json";
  const request = () => {
    const haystacks = new Haystacks(memo);
    const haystack = haystacks.of(fresh(accept));
    return [haystack, haystacks.transform(pipeline, haystack)];
  };
  for (let times = 0; times < 3; times++) request();
  const [haystack, decoded] = request();
  expect(decoded!.text).toBe(accept.replace("+", " "));
  expect(request()).toEqual([haystack, decoded]);
  expect(request()[0]).toBe(haystack);
  expect(request()[1]).toBe(decoded);
});

test("two texts that differ in one byte both stay, whichever it is", () => {
  const browser = "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Browser/138.0.0.0 Engine/537.36";
  for (let at = 0; at < browser.length; at++) {
    const memo = newMemo();
    const other = `${browser.slice(0, at)}#${browser.slice(at + 1)}`;
    const request = () => [browser, other].map((text) => new Haystacks(memo).of(fresh(text)));
    for (let times = 0; times < 3; times++) request();
    const kept = request();
    request().forEach((haystack, index) => expect(haystack, `byte ${at}`).toBe(kept[index]));
  }
});

test("texts that never come again are not kept", () => {
  const memo = newMemo();
  for (let n = 0; n < 1000; n++) expect(new Haystacks(memo).of(`session-${n * 7919}`).shared).toBe(false);
});

describe("long texts", () => {
  const page = (token: string): string =>
    `<html>${"<p>News</p>".repeat(500)}<input value="${token}">${" ".repeat(500)}</html>`;

  test("that came before are found again in later transactions", () => {
    const memo = newMemo();
    expect(new Haystacks(memo).of(fresh(page("a"))).shared).toBe(false);
    const kept = new Haystacks(memo).of(fresh(page("a")));
    expect(kept.shared).toBe(true);
    expect(new Haystacks(memo).of(fresh(page("a")))).toBe(kept);
  });

  test("that look alike are told apart by every byte, and are not kept when they never come again", () => {
    const memo = newMemo();
    for (let n = 0; n < 100; n++) {
      const text = page(`token-${1000 + n}`);
      const haystack = new Haystacks(memo).of(text);
      expect([haystack.shared, haystack.text === text]).toEqual([false, true]);
    }
  });

  test("that outlive their transaction do not keep what transformations made of them", () => {
    const memo = newMemo();
    const urlDecode = transformations.find(({ name }) => name === "urlDecodeUni")!;
    const pipeline = new PipelineBuilder(defaultSettings()).of([urlDecode]);
    const text = page("a+b");
    new Haystacks(memo).of(fresh(text));
    const haystacks = new Haystacks(memo);
    const kept = haystacks.of(fresh(text));
    const result = haystacks.transform(pipeline, kept);
    expect(result.text).toBe(text.replace("+", " "));
    expect(haystacks.transform(pipeline, kept)).toBe(result);
    expect([kept.shared, result.shared, kept.results]).toEqual([true, false, undefined]);
  });

  test("beyond 64 KB stay with their transaction", () => {
    const memo = newMemo();
    const text = "x".repeat(65_537);
    for (let times = 0; times < 3; times++) expect(new Haystacks(memo).of(fresh(text)).shared).toBe(false);
  });
});
