// Libraries for tests. Of the same C++ and other bundles: build/faults (faults on demand) and build/stub (an engine that
// does nothing). With the bundle and checked memory: build/asan. Needs a finished build.
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

const make = (folder, bundle, more) =>
  step("make", [
    ...["-s", "-j2", "-C", join(root, "libcoraza"), `LIBNODE=${existsSync(unpacked) ? unpacked : ""}`],
    ...[`BUNDLE=${bundle}`, `OUT=${join(out, folder)}`, ...more],
  ]);

for (const name of ["faults", "stub"]) {
  const bundle = join(out, name, "bundle.js");
  step(process.execPath, [join(root, "scripts/bundle.mjs"), bundle, `../libcoraza/test/${name}-entry.ts`]);
  make(name, bundle, [`OBJ=${join(out, "obj")}`]);
}
// `vptr` checks need the type information that V8 is built without.
make("asan", join(out, "bundle.js"), [
  "SANITIZE=-fsanitize=address,undefined -fno-sanitize=vptr -fno-omit-frame-pointer",
  "CXXFLAGS=-O1 -g",
]);
