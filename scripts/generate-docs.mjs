// Writes COMPATIBILITY.md and docs/reference from the registries of the engine and the facts in docs/data.
// `--check` writes nothing and fails when a file on disk is not what would be written, or when a link leads nowhere.
// Run after `tsc -b`.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readDifferences, readSupport } from "./docs/data.mjs";
import { compatibility } from "./docs/compatibility.mjs";
import { errors } from "./docs/errors.mjs";
import { brokenLinks } from "./docs/links.mjs";
import { reference } from "./docs/reference.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const REFERENCE = "docs/reference";

const files = new Map([
  ["COMPATIBILITY.md", compatibility(readSupport(root), readDifferences(root))],
  ...Object.entries({ ...reference(), "errors.md": errors() }).map(([name, text]) => [`${REFERENCE}/${name}`, text]),
]);

const onDisk = (path) => {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch {
    return undefined;
  }
};
mkdirSync(join(root, REFERENCE), { recursive: true });
const surplus = readdirSync(join(root, REFERENCE))
  .map((name) => `${REFERENCE}/${name}`)
  .filter((path) => !files.has(path));
const stale = [...files].filter(([path, text]) => onDisk(path) !== text).map(([path]) => path);

if (process.argv.includes("--check")) {
  const broken = brokenLinks(root);
  for (const link of broken) console.error(link);
  for (const path of stale) console.error(`${path} is ${onDisk(path) === undefined ? "missing" : "out of date"}`);
  for (const path of surplus) console.error(`${path} is generated no more`);
  if (stale.length + surplus.length > 0) {
    console.error("Generated documentation does not fit the sources. Run `npm run docs` and commit the result.");
  }
  process.exitCode = stale.length + surplus.length + broken.length > 0 ? 1 : 0;
} else {
  for (const path of surplus) rmSync(join(root, path));
  for (const path of stale) writeFileSync(join(root, path), files.get(path));
  console.log(`${files.size} files, ${stale.length} written, ${surplus.length} removed`);
}
