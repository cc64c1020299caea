import { dirname } from "node:path";
import type { FileSystem } from "@cuirass/engine";
import { nodeFileSystem } from "../file-system.ts";
import { digestOf, digestOfContent } from "./file-watch.ts";

/** A file system that remembers what was asked of it. */
export interface RecordingFileSystem extends FileSystem {
  /** Files, and folders in which files were looked for, with the digests of what was there. */
  readonly asked: ReadonlyMap<string, string>;
}

/** Remembers what a configuration is read from, so that changes of it can be noticed. */
export function recordFiles(base: FileSystem = nodeFileSystem): RecordingFileSystem {
  const asked = new Map<string, string>();
  return {
    asked,
    get workingDirectory() {
      return base.workingDirectory;
    },
    readFile: (path) => {
      const content = base.readFile(path);
      asked.set(path, digestOfContent(content));
      return content;
    },
    glob: (pattern) => {
      asked.set(dirname(pattern), digestOf(dirname(pattern)));
      return base.glob(pattern);
    },
    isWritableDirectory: (path) => base.isWritableDirectory(path),
  };
}
