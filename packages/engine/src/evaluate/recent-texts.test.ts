import { expect, test } from "vitest";
import { RecentTexts } from "./recent-texts.ts";

const text = (letter: string): { readonly text: string } => ({ text: letter.repeat(10) });

test("texts that were not found for longest make room for others", () => {
  const texts = new RecentTexts(30);
  for (const [at, letter] of [..."abc"].entries()) texts.add(8 * at + 1, text(letter));
  expect(texts.find(1, "a".repeat(10))).toBeDefined();
  texts.add(25, text("d"));
  const known = [..."abcd"].map((letter, at) => texts.find(8 * at + 1, letter.repeat(10)) !== undefined);
  expect(known).toEqual([true, false, true, true]);
});

test("a text takes the place of the one with its mark, and removed ones leave room", () => {
  const texts = new RecentTexts(30);
  texts.add(1, text("a"));
  texts.add(1, text("b"));
  expect([texts.find(1, "a".repeat(10)), texts.find(1, "b".repeat(10))]).toEqual([undefined, text("b")]);
  texts.remove(1);
  for (let mark = 3; mark < 9; mark += 2) texts.add(mark, text("c"));
  for (let mark = 3; mark < 9; mark += 2) expect(texts.find(mark, "c".repeat(10))).toBeDefined();
});

test("however many texts come, those that are kept have no more bytes than the limit", () => {
  const texts = new RecentTexts(1000);
  const marks = Array.from({ length: 5000 }, (_, at) => Math.imul(at + 1, 0x9e37_79b1) | 1);
  marks.forEach((mark, at) => texts.add(mark, text(String.fromCharCode(at & 0xff))));
  const kept = marks.filter((mark, at) => texts.find(mark, text(String.fromCharCode(at & 0xff)).text) !== undefined);
  expect(kept.length).toBeGreaterThan(50);
  expect(kept.length).toBeLessThanOrEqual(100);
});

test("a text beyond the limit is not kept", () => {
  const texts = new RecentTexts(5);
  texts.add(1, text("a"));
  expect(texts.find(1, "a".repeat(10))).toBeUndefined();
});
