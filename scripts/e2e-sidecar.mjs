// npm run e2e:sidecar: runs the steps of deploy/sidecar/Dockerfile without a Docker engine, in roots made of Debian
// packages, then starts what they made as user 65532 on a read-only root, behind HAProxy. Needs root. Also checks the
// manifests beside it: compose file, Kubernetes, systemd unit, logrotate.
//   --json FILE     write cases and figures
//   --keep          leave the roots for a look
//   --bases FOLDER  keep the minimal Debian there for the next time
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { buildImage } from "./e2e-sidecar/build-image.mjs";
import { checkManifests } from "./e2e-sidecar/check-manifests.mjs";
import { runImage } from "./e2e-sidecar/run-image.mjs";

const { values: options } = parseArgs({
  options: { json: { type: "string" }, keep: { type: "boolean" }, bases: { type: "string" } },
});
const result = { cases: [], figures: {}, notRun: [] };
const report = (name, ok, detail = "") => {
  result.cases.push({ name, ok, detail });
  console.log(`${ok ? "ok  " : "FAIL"} ${name}${detail === "" ? "" : ` (${detail})`}`);
};
const run = async (name, work) => {
  try {
    report(name, true, (await work()) ?? "");
  } catch (error) {
    report(name, false, error.message);
  }
};
const notRun = (what) => {
  result.notRun.push(what);
  console.log(`not run: ${what}`);
};

if (!existsSync("node_modules/yaml")) spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { stdio: "inherit" });
const shared = resolve(process.env.CUIRASS_SHARED ?? "../shared");
const crs = process.env.CUIRASS_CRS ?? join(shared, "crs/4.28.0");
const directory = mkdtempSync(join(tmpdir(), "cuirass-sidecar-"));
await checkManifests({ run, notRun });
if (process.getuid() !== 0) notRun("the image: its steps need root");
else {
  let image;
  await run("the Dockerfile's steps run in clean roots", () => {
    image = buildImage({
      directory,
      crs: existsSync(crs) ? crs : undefined,
      cache: options.bases,
      figures: result.figures,
    });
    return `${image.steps} steps`;
  });
  await run("the image takes less than 150 MB", () => {
    if (image === undefined || image.size >= 150) throw new Error(`it takes ${image?.size} MB`);
    return `${image.size} MB`;
  });
  if (image !== undefined) await runImage({ image, directory, run, figures: result.figures });
  notRun("a Docker engine: base images are replaced by the Debian packages that they are made of");
}
if (options.keep) console.log(`roots in ${directory}`);
else rmSync(directory, { recursive: true, force: true });

for (const [name, value] of Object.entries(result.figures)) console.log(`${name}: ${value}`);
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, undefined, 2)}\n`);
const failed = result.cases.filter(({ ok }) => !ok).length;
console.log(`${result.cases.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
