import { defineConfig } from "vitest/config";

/** Growth and fuzz tests: minutes, not seconds. One file at a time, so that timings mean something. */
export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    include: ["packages/*/src/**/*.growth.test.ts", "packages/*/src/**/*.slow.test.ts"],
    exclude: ["**/dist/**", "**/node_modules/**"],
    fileParallelism: false,
    testTimeout: 600_000,
  },
});
