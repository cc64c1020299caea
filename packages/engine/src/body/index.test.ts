import { expect, test } from "vitest";
import { bodyProcessors } from "./index.ts";

test("lists the processors that SecLang knows", () => {
  expect(bodyProcessors.map((processor) => processor.name)).toEqual(["URLENCODED", "MULTIPART", "JSON", "XML", "RAW"]);
  for (const { summary } of bodyProcessors) expect(summary).toMatch(/^[A-Z].*\.$/);
});
