import type { Document, LineCounter, Node, Pair } from "yaml";
import { yamlModule } from "./on-demand.ts";

/** The configuration cannot be used; the message lists every problem with file, line and column. */
export class ConfigFileError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "ConfigFileError";
    this.problems = problems;
  }
}

/** A step into a document: key of a map or index of a list. */
export type PathStep = string | number;

/** A YAML document that knows where everything stands. */
export class YamlSource {
  readonly file: string;
  readonly value: unknown;
  readonly #document: Document;
  readonly #lines: LineCounter;

  /** @throws ConfigFileError on broken YAML, duplicate keys included. */
  constructor(text: string, file: string) {
    this.file = file;
    const { LineCounter, parseDocument } = yamlModule();
    this.#lines = new LineCounter();
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, version: "1.2" });
    const { errors } = this.#document;
    if (errors.length > 0) {
      throw new ConfigFileError(errors.map((error) => `${this.#placeAt(error.pos[0])}: ${error.message}`));
    }
    this.value = this.#document.toJS() as unknown;
  }

  /** `file:line:column` of a value, or of the nearest thing around it that is there. */
  placeOf(path: readonly PathStep[], what: "key" | "value" = "value"): string {
    const { isMap, isSeq } = yamlModule();
    let node: unknown = this.#document.contents;
    let offset = offsetOf(node) ?? 0;
    for (let depth = 0; depth < path.length; depth++) {
      const last = depth === path.length - 1;
      const step = path[depth]!;
      if (isMap(node)) {
        const pair = node.items.find((item) => keyText(item) === String(step));
        if (pair === undefined) break;
        offset = (last && what === "key" ? offsetOf(pair.key) : (offsetOf(pair.value) ?? offsetOf(pair.key))) ?? offset;
        node = pair.value;
      } else if (isSeq(node)) {
        node = node.items[Number(step)];
        offset = offsetOf(node) ?? offset;
      } else break;
    }
    return this.#placeAt(offset);
  }

  /** Line on which the content of a text in `|` style begins; 1 for other styles. */
  contentLine(path: readonly PathStep[]): number {
    const node: unknown = this.#document.getIn(path, true);
    const start = offsetOf(node);
    if (!yamlModule().isScalar(node) || node.type !== "BLOCK_LITERAL" || start === undefined) return 1;
    return this.#lines.linePos(start).line + 1;
  }

  #placeAt(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.file}:${Math.max(1, line)}:${Math.max(1, col)}`;
  }
}

function keyText(pair: Pair): string {
  return yamlModule().isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

function offsetOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
