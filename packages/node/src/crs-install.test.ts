import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "tar";
import { afterEach, beforeEach, expect, test } from "vitest";
import { installCrs } from "./crs-install.ts";
import { crsManifest, knownManifests } from "./crs-manifest.ts";

let directory: string;
let source: string;
let cacheDirectory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cuirass-install-"));
  source = join(directory, "coreruleset-9.9.9");
  cacheDirectory = join(directory, "cache");
  mkdirSync(join(source, "rules"), { recursive: true });
  writeFileSync(join(source, "crs-setup.conf.example"), "# setup\n");
  writeFileSync(join(source, "rules", "a.conf"), "# rules\n");
});
afterEach(() => rmSync(directory, { recursive: true }));

async function archive(): Promise<string> {
  const file = join(directory, "crs.tar.gz");
  await create({ gzip: true, file, cwd: directory }, ["coreruleset-9.9.9"]);
  return file;
}

test("installs from a folder whose content is what the manifest says", async () => {
  const manifest = crsManifest(source);
  const result = await installCrs({ version: "9.9.9", from: source, manifest, cacheDirectory });
  expect(result).toEqual({ directory: join(cacheDirectory, "9.9.9"), manifest, verified: true });
  expect(readFileSync(join(result.directory, "rules/a.conf"), "utf8")).toBe("# rules\n");
});

test("installs from an archive, with the same manifest", async () => {
  const result = await installCrs({ version: "9.9.9", from: await archive(), trust: true, cacheDirectory });
  expect(result.manifest).toBe(crsManifest(source));
  expect(result.verified).toBe(false);
});

test("downloads over HTTP, and says what went wrong", async () => {
  const file = readFileSync(await archive());
  const server = createServer((request, response) => {
    if (request.url === "/crs.tar.gz") response.end(file);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const options = { version: "9.9.9", manifest: crsManifest(source), cacheDirectory };
    expect((await installCrs({ ...options, from: `${base}/crs.tar.gz` })).verified).toBe(true);
    await expect(installCrs({ ...options, from: `${base}/other` })).rejects.toThrow("status 404");
  } finally {
    server.close();
  }
});

test("refuses changed content, unknown versions without a manifest, and what is no CRS; nothing is left behind", async () => {
  const manifest = crsManifest(source);
  writeFileSync(join(source, "rules", "a.conf"), "# changed\n");
  await expect(installCrs({ version: "9.9.9", from: source, manifest, cacheDirectory })).rejects.toThrow(
    "the content is not CRS 9.9.9",
  );
  await expect(installCrs({ version: "9.9.9", from: source, cacheDirectory })).rejects.toThrow("no manifest is known");
  await expect(installCrs({ version: "latest", from: source, cacheDirectory })).rejects.toThrow("is not a version");
  rmSync(join(source, "rules"), { recursive: true });
  await expect(installCrs({ version: "9.9.9", from: source, trust: true, cacheDirectory })).rejects.toThrow(
    "no crs-setup.conf.example beside a rules folder",
  );
  expect(existsSync(cacheDirectory) ? readdirSync(cacheDirectory) : []).toEqual([]);
});

test("a broken download does not replace what is installed", async () => {
  await installCrs({ version: "9.9.9", from: source, trust: true, cacheDirectory });
  writeFileSync(join(directory, "broken.tar.gz"), "not an archive");
  await expect(
    installCrs({ version: "9.9.9", from: join(directory, "broken.tar.gz"), trust: true, cacheDirectory }),
  ).rejects.toThrow("a .tar.gz archive is needed");
  expect(existsSync(join(cacheDirectory, "9.9.9/rules/a.conf"))).toBe(true);
});

const release = join(process.env["CUIRASS_SHARED"] ?? "../shared", "crs/4.28.0");
test.skipIf(!existsSync(release))("the built-in manifest of 4.28.0 is that of the release", () => {
  expect(crsManifest(release)).toBe(knownManifests.get("4.28.0"));
});
