import { accessSync, constants, readdirSync, readFileSync, statSync } from "node:fs";
import type { FileSystem } from "@cuirass/engine";

/** The engine's view of the real file system. Paths are those of the process. */
export const nodeFileSystem: FileSystem = {
  get workingDirectory() {
    return process.cwd();
  },
  readFile: (path) => {
    try {
      return readFileSync(path);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  },
  glob: expandGlob,
  isWritableDirectory: (path) => {
    try {
      accessSync(path, constants.W_OK | constants.X_OK);
      return statSync(path).isDirectory();
    } catch {
      return false;
    }
  },
};

/** Paths that match, sorted by name. Each part between slashes may hold `*`, `?` and `[...]`; there is no `**`. */
export function expandGlob(pattern: string): string[] {
  const absolute = pattern.startsWith("/");
  let paths = [absolute ? "/" : ""];
  for (const part of pattern.split("/").filter((piece) => piece !== "")) {
    paths = paths.flatMap((directory) => expandPart(directory, part));
  }
  return paths.sort();
}

function expandPart(directory: string, part: string): string[] {
  const join = (name: string): string =>
    directory === "" || directory === "/" ? directory + name : `${directory}/${name}`;
  if (!/[*?[]/.test(part)) return exists(join(part)) ? [join(part)] : [];
  const matches = globPart(part);
  let names: string[];
  try {
    names = readdirSync(directory === "" ? "." : directory);
  } catch {
    return [];
  }
  return names.filter((name) => matches.test(name) && (part.startsWith(".") || !name.startsWith("."))).map(join);
}

/** One part of a glob as an expression over file names; configuration text, never traffic. */
function globPart(part: string): RegExp {
  const source = part.replaceAll(/\[(\^?)([^\]]+)\]|[*?]|[.+^${}()|\\\]]/g, (token, negated: string, set: string) => {
    if (token === "*") return "[^/]*";
    if (token === "?") return "[^/]";
    if (set !== undefined) return `[${negated}${set.replaceAll("\\", "\\\\")}]`;
    return `\\${token}`;
  });
  return new RegExp(`^${source}$`);
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR";
}
