import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { FileSystem } from "@cuirass/engine";

/** A folder as the root of all relative paths. */
export function rootedFileSystem(root: string): FileSystem {
  const files = new Map<string, Uint8Array>();
  for (const name of existsSync(root) ? readdirSync(root, { recursive: true, encoding: "utf8" }) : []) {
    const path = join(root, name);
    if (statSync(path).isFile()) files.set(name, readFileSync(path));
  }
  return memoryFileSystem(files);
}

/** Files held in memory, as the recordings give them. */
export function memoryFileSystem(files: ReadonlyMap<string, Uint8Array>): FileSystem {
  const normal = (path: string): string => path.replace(/^(?:\.?\/)+/, "");
  return {
    workingDirectory: "",
    readFile: (path) => files.get(normal(path)),
    glob: (pattern) => {
      const source = normal(pattern)
        .replaceAll(/[.+^${}()|\\]/g, "\\$&")
        .replaceAll("*", "[^/]*")
        .replaceAll("?", "[^/]");
      return [...files.keys()].filter((name) => new RegExp(`^${source}$`).test(name)).sort();
    },
    isWritableDirectory: () => true,
  };
}
