import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  cpSync,
} from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crsManifest, knownManifests } from "./crs-manifest.ts";
import { crsCacheDirectory } from "./rule-sets.ts";

/** What to install and from where. */
export interface CrsInstallOptions {
  readonly version: string;
  /** A folder, a .tar.gz archive, or an http(s) URL of one; the project's release page when absent. */
  readonly from?: string | undefined;
  /** Expected content manifest, for versions that are not built in. */
  readonly manifest?: string | undefined;
  /** Install without a manifest to compare with. */
  readonly trust?: boolean;
  readonly cacheDirectory?: string;
  readonly onProgress?: (step: string) => void;
}

/** Where a rule set was installed and what it was found to be. */
export interface CrsInstallResult {
  readonly directory: string;
  readonly manifest: string;
  /** False when nothing was there to compare the manifest with. */
  readonly verified: boolean;
}

/**
 * Fetches, unpacks and verifies a CRS release, then moves it into the cache in one step, so that a broken download never
 * becomes a rule set.
 * @throws Error when it cannot be fetched, is no CRS, or its content is not what the manifest says.
 */
export async function installCrs(options: CrsInstallOptions): Promise<CrsInstallResult> {
  const { version } = options;
  if (!/^\d+\.\d+\.\d+$/.test(version))
    throw new Error(`"${version}" is not a version; expected three numbers such as 4.28.0`);
  const expected = options.manifest ?? knownManifests.get(version);
  if (expected === undefined && options.trust !== true) {
    throw new Error(
      `no manifest is known for CRS ${version}: give --manifest SHA256, or --trust to install without a check`,
    );
  }
  const cache = options.cacheDirectory ?? crsCacheDirectory();
  mkdirSync(cache, { recursive: true });
  const staging = mkdtempSync(join(cache, ".install-"));
  try {
    await fetchInto(staging, options);
    const root = findRoot(staging);
    options.onProgress?.("verifying");
    const manifest = crsManifest(root);
    if (expected !== undefined && manifest !== expected) {
      throw new Error(`the content is not CRS ${version}: manifest ${manifest}, expected ${expected}`);
    }
    const directory = join(cache, version);
    rmSync(directory, { recursive: true, force: true });
    renameSync(root, directory);
    return { directory, manifest, verified: expected !== undefined };
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

async function fetchInto(staging: string, { from, version, onProgress }: CrsInstallOptions): Promise<void> {
  const source = from ?? `https://github.com/coreruleset/coreruleset/archive/refs/tags/v${version}.tar.gz`;
  if (/^https?:\/\//.test(source)) {
    onProgress?.(`downloading ${source}`);
    const response = await fetch(source).catch((error: unknown) => {
      const cause = (error as { cause?: { message?: string } }).cause?.message ?? (error as Error).message;
      throw new Error(`cannot download ${source}: ${cause} (with --from: a folder, archive or URL instead)`);
    });
    if (!response.ok || response.body === null) throw new Error(`cannot download ${source}: status ${response.status}`);
    const archive = join(staging, "archive.tar.gz");
    await pipeline(Readable.fromWeb(response.body as never), createWriteStream(archive));
    await unpack(archive, staging);
    rmSync(archive);
  } else if (!existsSync(source)) {
    throw new Error(`${source} does not exist`);
  } else if (statSync(source).isDirectory()) {
    onProgress?.(`copying ${source}`);
    const copy = join(staging, "crs");
    cpSync(source, copy, { recursive: true, filter: (path) => !path.startsWith(join(source, "tests")) });
  } else {
    onProgress?.(`unpacking ${source}`);
    await unpack(source, staging);
  }
}

/** Links and paths that leave the folder are refused by the library (`strict` turns its warnings into errors). */
async function unpack(archive: string, directory: string): Promise<void> {
  try {
    const { extract } = await import("tar");
    await extract({ file: archive, cwd: directory, strict: true, filter: (path) => !path.includes("/tests/") });
  } catch (error) {
    throw new Error(`cannot unpack ${archive}: ${(error as Error).message}; a .tar.gz archive is needed`);
  }
}

/** The folder of the archive that holds the rule set: the top one, or its only sub-folder. */
function findRoot(directory: string): string {
  const isRoot = (path: string): boolean =>
    existsSync(join(path, "rules")) && existsSync(join(path, "crs-setup.conf.example"));
  if (isRoot(directory)) return directory;
  for (const name of readdirSync(directory)) if (isRoot(join(directory, name))) return join(directory, name);
  throw new Error("the archive holds no crs-setup.conf.example beside a rules folder");
}
