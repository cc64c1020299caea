import { defineConfig } from "vitest/config";

export default defineConfig({
  // Tests run on the sources, not on dist: no build is needed between an edit and its test.
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "packages/*/test/**/*.test.ts"],
    exclude: ["**/dist/**", "**/node_modules/**", "**/*.growth.test.ts", "**/*.slow.test.ts"],
    // Property tests take a second here; on a machine that others use as well, many.
    testTimeout: 60_000,
    // Perf: one module graph per worker process instead of one per file: 25 s instead of 60 s. Tests share no state by rule.
    isolate: false,
    // Perf: every core, not all but one: on two cores 39 s instead of 63 s.
    maxWorkers: "100%",
  },
});
