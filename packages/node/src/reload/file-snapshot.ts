import type { FileSystem } from "@cuirass/engine";
import { nodeFileSystem } from "../file-system.ts";

/** All that a configuration was read from. Plain data: another thread can compile the very same rules from it. */
export interface FileSnapshot {
  readonly workingDirectory: string;
  readonly files: ReadonlyMap<string, Uint8Array | undefined>;
  readonly globs: ReadonlyMap<string, readonly string[]>;
}

/** A file system, and what was read through it so far. */
export interface SnapshotRecorder {
  readonly files: FileSystem;
  readonly snapshot: FileSnapshot;
}

/** Keeps what is read, whole. */
export function recordSnapshot(base: FileSystem): SnapshotRecorder {
  const files = new Map<string, Uint8Array | undefined>();
  const globs = new Map<string, readonly string[]>();
  return {
    snapshot: { workingDirectory: base.workingDirectory, files, globs },
    files: {
      workingDirectory: base.workingDirectory,
      readFile: (path) => {
        const content = base.readFile(path);
        files.set(path, content);
        return content;
      },
      glob: (pattern) => {
        const paths = base.glob(pattern);
        globs.set(pattern, paths);
        return paths;
      },
      isWritableDirectory: (path) => base.isWritableDirectory(path),
    },
  };
}

/** Answers as the files were when the snapshot was taken, whatever has become of them. */
export function openSnapshot({ workingDirectory, files, globs }: FileSnapshot): FileSystem {
  return {
    workingDirectory,
    readFile: (path) => files.get(path),
    glob: (pattern) => [...(globs.get(pattern) ?? [])],
    isWritableDirectory: (path) => nodeFileSystem.isWritableDirectory(path),
  };
}
