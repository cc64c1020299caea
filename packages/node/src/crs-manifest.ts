import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Content manifests of CRS releases by version. Made with `cuirass crs manifest DIR` from the release's files. */
export const knownManifests: ReadonlyMap<string, string> = new Map([
  ["4.28.0", "585265b21d3920785452bc9723faa67c7407bf0e0529d584aa49cfc9e3096c9e"],
]);

/**
 * SHA-256 over one line `<SHA-256 of content>  <path>` per file, sorted by path, of crs-setup.conf.example and rules/*.
 * It depends on content only, not on how an archive was packed.
 * @throws Error when the folder holds no CRS.
 */
export function crsManifest(directory: string): string {
  const setup = "crs-setup.conf.example";
  const rules = join(directory, "rules");
  if (!existsSync(join(directory, setup)) || !existsSync(rules)) {
    throw new Error(`${directory} is no CRS folder: expected ${setup} and rules/`);
  }
  const paths = [setup, ...readdirSync(rules).map((name) => `rules/${name}`)].sort();
  const lines = paths.map((path) => `${sha256(readFileSync(join(directory, path)))}  ${path}\n`);
  return sha256(Buffer.from(lines.join(""), "utf8"));
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
