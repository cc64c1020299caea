import type { DirectiveNode, IncludeNode } from "@cuirass/seclang";
import { createSource, parse } from "@cuirass/seclang";
import type { FileSystem, Host } from "../host.ts";
import type { Report } from "./report.ts";
import type { SharedParts } from "./shared-parts.ts";
import { fromBytes } from "../text/bytes.ts";

/** Where directives come from: text, or a file or glob read through the host's file system. */
export type ConfigSource = string | { readonly text: string; readonly name?: string } | { readonly file: string };

/** Name of directives given as text, as Coraza calls them. */
const INLINE = "_inline_";
const DEPTH_LIMIT = 64;
const FILE_LIMIT = 10_000;

/**
 * Reads all sources and everything they include into one list of directives.
 *
 * Compat: relative paths and globs start from the including file, every directive keeps its own file and line, and the
 * limits are on depth and on the number of files (gaps A29).
 */
export function* loadDirectives(
  sources: readonly ConfigSource[],
  host: Pick<Host, "fileSystem" | "latin1">,
  parts: SharedParts,
  report: Report,
): Generator<undefined, DirectiveNode[], undefined> {
  const loader = new Loader(host, parts, report);
  for (const source of sources) {
    if (typeof source === "string") yield* loader.text(INLINE, source, "", 0);
    else if ("text" in source)
      yield* loader.text(source.name ?? INLINE, source.text, directoryOf(source.name ?? ""), 0);
    else yield* loader.include(source.file, "", false, undefined, 0);
  }
  return loader.directives;
}

/** The part of a path before its last `/`, "" when there is none. */
export function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** A path relative to a directory; absolute paths and names of virtual folders (`@...`) stay as they are. */
export function resolvePath(directory: string, path: string): string {
  return directory === "" || path.startsWith("/") || path.startsWith("@") ? path : `${directory}/${path}`;
}

type Steps = Generator<undefined, void, undefined>;

class Loader {
  readonly directives: DirectiveNode[] = [];
  readonly #host: Pick<Host, "fileSystem" | "latin1">;
  readonly #parts: SharedParts;
  readonly #report: Report;
  #files = 0;

  constructor(host: Pick<Host, "fileSystem" | "latin1">, parts: SharedParts, report: Report) {
    this.#host = host;
    this.#parts = parts;
    this.#report = report;
  }

  *text(name: string, text: string, directory: string, depth: number): Steps {
    yield;
    const { document, diagnostics } = parse(createSource(name, this.#parts.text(name, text)));
    this.#report.diagnostics.push(...diagnostics);
    for (const node of document.directives) {
      if (node.kind === "include")
        yield* this.include(node.pattern, directory, node.name === "IncludeOptional", node, depth + 1);
      else this.directives.push(node);
    }
  }

  *include(pattern: string, directory: string, optional: boolean, node: IncludeNode | undefined, depth: number): Steps {
    const span = node?.span;
    const { fileSystem, latin1 = fromBytes } = this.#host;
    if (fileSystem === undefined) {
      return this.#report.error("WAF_CONFIG_NO_FILE_SYSTEM", `cannot read "${pattern}": this host has no files`, span);
    }
    if (depth > DEPTH_LIMIT) {
      const hint = "a file that includes itself, directly or through others, is the usual cause";
      return this.#report.error(
        "WAF_CONFIG_INCLUDE_DEPTH",
        `files are included more than ${DEPTH_LIMIT} deep`,
        span,
        hint,
      );
    }
    const path = resolvePath(directory, pattern);
    const isGlob = /[*?[]/.test(pattern);
    const files = isGlob ? fileSystem.glob(path) : [path];
    if (files.length === 0 && !optional) {
      this.#report.warn("WAF_CONFIG_INCLUDE_EMPTY", `no file matches "${pattern}"`, span);
    }
    for (const file of files) {
      if (++this.#files > FILE_LIMIT) {
        return this.#report.error("WAF_CONFIG_INCLUDE_COUNT", `more than ${FILE_LIMIT} files are included`, span);
      }
      const content = this.#read(fileSystem, file);
      if (content !== undefined) yield* this.text(file, latin1(content), directoryOf(file), depth);
      else if (!optional) this.#report.error("WAF_CONFIG_FILE_MISSING", `cannot read "${file}": no such file`, span);
    }
  }

  #read(fileSystem: FileSystem, path: string): Uint8Array | undefined {
    try {
      return fileSystem.readFile(path);
    } catch (error) {
      this.#report.error("WAF_CONFIG_FILE_UNREADABLE", `cannot read "${path}": ${(error as Error).message}`);
      return new Uint8Array(0);
    }
  }
}
