import { expect, test } from "vitest";
import { createHttpWaf } from "@cuirass/http";
import { testReload } from "./reload-suite.ts";
import { testWaf } from "./support.ts";

testReload(0);

test("what cannot be handed to other threads is refused, and rules of the application's own are its own to reload", async () => {
  const logger = { log: () => undefined };
  expect(() => createHttpWaf({ rules: "built-in", workers: 1, host: { logger } })).toThrow(/cannot be handed to other/);
  expect(() => createHttpWaf({ waf: testWaf(), masking: { arguments: ["a"] } })).toThrow(
    /masking would have no effect/,
  );
  expect(await createHttpWaf({ waf: testWaf() }).reload()).toMatchObject({ ok: false });
});
