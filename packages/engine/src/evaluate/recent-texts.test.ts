import { expect, test } from "vitest";
import { RecentTexts } from "./recent-texts.ts";

const text = (letter: string): { readonly text: string } => ({ text: letter.repeat(10) });

test("the texts used longest ago make room for others", () => {
  const texts = new RecentTexts(30);
  for (const [mark, letter] of [..."abc"].entries()) texts.add(mark, text(letter));
  expect(texts.find(0, "a".repeat(10))).toBeDefined();
  texts.add(3, text("d"));
  const known = [..."abcd"].map((letter, mark) => texts.find(mark, letter.repeat(10)) !== undefined);
  expect(known).toEqual([true, false, true, true]);
});

test("a text takes the place of the one with its mark, and removed ones leave room", () => {
  const texts = new RecentTexts(30);
  texts.add(1, text("a"));
  texts.add(1, text("b"));
  expect([texts.find(1, "a".repeat(10)), texts.find(1, "b".repeat(10))]).toEqual([undefined, text("b")]);
  texts.remove(1);
  for (let mark = 2; mark < 5; mark++) texts.add(mark, text("c"));
  for (let mark = 2; mark < 5; mark++) expect(texts.find(mark, "c".repeat(10))).toBeDefined();
});

test("a text beyond the limit is not kept", () => {
  const texts = new RecentTexts(5);
  texts.add(1, text("a"));
  expect(texts.find(1, "a".repeat(10))).toBeUndefined();
});
