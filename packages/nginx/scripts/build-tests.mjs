// Libraries for tests, of the same C++ and other bundles: build/faults (faults on demand) and build/stub (an engine that
// does nothing). Needs a finished build.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = join(root, "build");
const unpacked = join(out, "libnode");
const step = (command, args) => {
  if (spawnSync(command, args, { stdio: "inherit" }).status !== 0) process.exit(1);
};

for (const name of ["faults", "stub"]) {
  const bundle = join(out, name, "bundle.js");
  step(process.execPath, [join(root, "scripts/bundle.mjs"), bundle, `../libcoraza/test/${name}-entry.ts`]);
  step("make", [
    "-s",
    "-C",
    join(root, "libcoraza"),
    `LIBNODE=${existsSync(unpacked) ? unpacked : ""}`,
    `BUNDLE=${bundle}`,
    `OUT=${join(out, name)}`,
    `OBJ=${join(out, "obj")}`,
  ]);
}
