import type { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { start, stopping, testReload } from "./reload-suite.ts";
import { cleanUp } from "./support.ts";

testReload(2);

test("a thread that takes another's place has the rules in force, not what has become of the files", async () => {
  const threads: Worker[] = [];
  const note = (worker: Worker): void => void threads.push(worker);
  process.on("worker", note);
  cleanUp(() => process.off("worker", note));
  const { waf, write, ask } = await start(stopping(1, "one"), { workers: 1 });
  write(stopping(1, "two"));
  expect(await waf.reload()).toMatchObject({ ok: true });
  write("SecRule BROKEN\n");
  expect(await waf.reload()).toMatchObject({ ok: false });
  await threads[1]!.terminate();
  await expect.poll(() => ask("/?q=two"), { timeout: 20_000 }).toEqual([403]);
  expect(await ask("/?q=one")).toEqual([200]);
});

test("all threads have the rules of the first one, whatever happens to the files while the others start", async () => {
  const { write, ask } = await start(stopping(1, "one"), { workers: 3 });
  write(stopping(1, "two"));
  // Three at a time, so that every thread gets some.
  const rounds = await Promise.all(Array.from({ length: 3 }, () => ask("/?q=one", 60)));
  expect(new Set(rounds.flat())).toEqual(new Set([403]));
});
