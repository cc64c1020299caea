import type { FileSystem } from "./host.ts";

/** Virtual files by path, e.g. `@coraza.conf-recommended`. */
export type VirtualFiles = ReadonlyMap<string, Uint8Array>;

/**
 * Overlays virtual names that begin with `@` on a file system: single files, and folders that stand for real ones
 * (`@owasp_crs/x.conf` is `x.conf` in the CRS's rules folder). As in Coraza's rule module, whatever stands before the
 * first `@` of a path is ignored.
 */
export function overlayFiles(base: FileSystem, files: VirtualFiles, folders: ReadonlyMap<string, string>): FileSystem {
  const realPath = (path: string): string => {
    const at = path.indexOf("@");
    if (at < 0) return path;
    const name = path.slice(at);
    for (const [folder, real] of folders) if (name.startsWith(`${folder}/`)) return real + name.slice(folder.length);
    return path;
  };
  const virtual = (path: string): Uint8Array | undefined => {
    const at = path.indexOf("@");
    return at < 0 ? undefined : files.get(path.slice(at));
  };
  return {
    get workingDirectory() {
      return base.workingDirectory;
    },
    readFile: (path) => virtual(path) ?? base.readFile(realPath(path)),
    glob: (pattern) => {
      if (virtual(pattern) !== undefined) return [pattern];
      const slash = pattern.lastIndexOf("/");
      if (pattern.startsWith("@") && pattern.endsWith("/*.conf")) {
        const inside = [...files.keys()].filter(
          (name) => name.startsWith(pattern.slice(0, slash + 1)) && name.endsWith(".conf"),
        );
        if (inside.length > 0) return inside.sort();
      }
      for (const [folder, real] of folders) {
        if (!pattern.startsWith(`${folder}/`)) continue;
        return base.glob(real + pattern.slice(folder.length)).map((path) => folder + path.slice(real.length));
      }
      return base.glob(pattern);
    },
    isWritableDirectory: (path) => base.isWritableDirectory(path),
  };
}
