// The library with faults on demand, for tests: build/faults/libcoraza.so. Needs a finished build.
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
step(process.execPath, [
  join(root, "scripts/bundle.mjs"),
  join(out, "faults/bundle.js"),
  "../libcoraza/test/faults-entry.ts",
]);
step("make", [
  "-s",
  "-C",
  join(root, "libcoraza"),
  `LIBNODE=${existsSync(unpacked) ? unpacked : ""}`,
  `BUNDLE=${join(out, "faults/bundle.js")}`,
  `OUT=${join(out, "faults")}`,
  `OBJ=${join(out, "obj")}`,
]);
