// cuirass check and fmt: no false alarm on the CRS, every fault of the broken files at its line.
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export async function run({ root, directory, shared, hasShared, test, skip }) {
  const cuirass = (...args) =>
    spawnSync(process.execPath, [join(root, "packages/cli/bin/cuirass.mjs"), ...args], {
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
  const crs = join(shared, "crs/4.28.0");
  const files = ["@coraza.conf-recommended", join(crs, "crs-setup.conf.example"), join(crs, "rules/*.conf")];

  if (!hasShared) skip("the Core Rule Set", `no data at ${shared}`);
  else {
    await test("check finds nothing in the CRS with its setup and the recommended settings", () => {
      const { status, stdout } = cuirass("check", "--json", "--strict", ...files);
      const { rules, diagnostics } = JSON.parse(stdout);
      if (status !== 0 || diagnostics.length > 0)
        throw new Error(`exit code ${status}: ${JSON.stringify(diagnostics[0])}`);
      return `${rules} rules, no finding`;
    });
    await test("fmt changes no rule of the CRS, and a second run changes nothing", () => {
      const copy = join(directory, "rules");
      cpSync(join(crs, "rules"), copy, { recursive: true });
      const before = cuirass("check", "--json", ...files);
      cuirass("fmt", join(copy, "*.conf"));
      if (cuirass("fmt", "--check", join(copy, "*.conf")).status !== 0) throw new Error("a second run finds work");
      const after = cuirass("check", "--json", ...files.slice(0, 2), join(copy, "*.conf"));
      if (JSON.parse(before.stdout).rules !== JSON.parse(after.stdout).rules) throw new Error("rules were lost");
      return `${readdirSync(copy).filter((name) => name.endsWith(".conf")).length} files`;
    });
  }

  const { checkConfiguration } = await import(pathToFileURL(join(root, "packages/lint/dist/index.js")).href);
  const { createNodeHost } = await import(pathToFileURL(join(root, "packages/node/dist/index.js")).href);
  const { position } = await import(pathToFileURL(join(root, "packages/seclang/dist/index.js")).href);
  const folder = join(root, "packages/lint/testdata/broken");

  await test("check finds every fault of the broken files at its line, and nothing else", () => {
    const names = readdirSync(folder);
    const wrong = names.filter((name) => {
      const file = join(folder, name);
      const expected = readFileSync(file, "latin1")
        .split("\n")
        .flatMap((line, at) => {
          const match = /^\s*# expect (\w+)(?: \+(\d+))?$/.exec(line);
          return match === null ? [] : [`${at + 2 + Number(match[2] ?? 0)} ${match[1]}`];
        });
      const { findings } = checkConfiguration({ directives: [{ file }], host: createNodeHost() });
      const got = findings.map(({ span, code }) => `${position(span.source, span.start).line} ${code}`);
      return got.join() !== expected.join();
    });
    if (names.length < 60 || wrong.length > 0) throw new Error(`of ${names.length} files wrong: ${wrong.join(", ")}`);
    return `${names.length} files`;
  });

  await test("check ends with 1 for errors, 0 for warnings, 2 for warnings with --strict; SARIF names the line", () => {
    const warned = join(folder, "20-body-in-phase-1.conf");
    const codes = [
      ["check", join(folder, "02-operator-unknown.conf")],
      ["check", warned],
      ["check", "--strict", warned],
    ].map((args) => cuirass(...args).status);
    if (codes.join() !== "1,0,2") throw new Error(`exit codes ${codes}`);
    const [{ results }] = JSON.parse(cuirass("check", "--sarif", "-", warned).stdout).runs;
    const { startLine } = results[0].locations[0].physicalLocation.region;
    if (startLine !== 2) throw new Error(`line ${startLine}`);
    return results[0].ruleId;
  });
}
