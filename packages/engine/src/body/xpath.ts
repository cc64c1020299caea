import type { ByteString } from "../text/bytes.ts";
import type { XmlAttribute, XmlEvents } from "./xml-reader.ts";
import { TextRun } from "./text-run.ts";
import { readXml } from "./xml-reader.ts";

const RESULT_LIMIT = 10_000;
/** Steps fit into the bits of one number. */
const STEP_LIMIT = 30;

interface Step {
  /** Name without prefix; `*` for any. */
  readonly name: ByteString;
  /** After `//`: at any depth. */
  readonly deep: boolean;
}

interface Path {
  readonly elements: readonly Step[];
  /** What is taken of the elements found: attributes of a name, or text. */
  readonly attribute: ByteString | undefined;
  /** Also from the elements inside. */
  readonly deep: boolean;
}

/**
 * Values that a path selects, in document order. The subset: absolute paths of `/name`, `//name` and `*`, which end in an
 * element (its text and that of everything inside), `@name`, `@*` or `text()`. Reads the document once, so the cost is
 * linear whatever the path.
 *
 * Compat: prefixes are ignored on both sides, as the sender chooses which ones stand for a namespace.
 */
export function selectXPath(document: ByteString, path: ByteString): ByteString[] {
  const parsed = parsePath(path);
  if (parsed === undefined) return [];
  const matcher = new XPathMatcher(parsed);
  readXml(document, matcher);
  matcher.end();
  return matcher.results;
}

/** True when the path is of the subset. */
export function isSupportedXPath(path: ByteString): boolean {
  return parsePath(path) !== undefined;
}

class XPathMatcher implements XmlEvents {
  readonly results: ByteString[] = [];
  readonly #path: Path;
  /** Per open element: bit n says that n steps have led here. */
  readonly #masks: number[] = [1];
  readonly #found: number;
  readonly #run = new TextRun();

  constructor(path: Path) {
    this.#path = path;
    this.#found = 1 << path.elements.length;
  }

  open(name: ByteString, attributes: readonly XmlAttribute[]): void {
    this.end();
    const mask = this.#next(this.#mask(), localName(name));
    this.#masks.push(mask);
    const { attribute } = this.#path;
    if (attribute === undefined || (mask & this.#found) === 0) return;
    for (const [key, value] of attributes) if (attribute === "*" || localName(key) === attribute) this.#take(value);
  }

  close(): void {
    this.end();
    if (this.#masks.length > 1) this.#masks.pop();
  }

  text(text: ByteString): void {
    if (this.#path.attribute === undefined && (this.#mask() & this.#found) !== 0) this.#run.add(text);
  }

  cut(): void {
    this.#run.cut();
  }

  end(): void {
    this.#run.end((text) => this.#take(text));
  }

  #next(mask: number, name: ByteString): number {
    const { elements, deep } = this.#path;
    let next = deep ? mask & this.#found : 0;
    for (let at = 0; at < elements.length; at++) {
      if ((mask & (1 << at)) === 0) continue;
      const step = elements[at]!;
      if (step.deep) next |= 1 << at;
      if (step.name === "*" || step.name === name) next |= 2 << at;
    }
    return next;
  }

  #mask(): number {
    return this.#masks[this.#masks.length - 1]!;
  }

  #take(value: ByteString): void {
    if (this.results.length < RESULT_LIMIT) this.results.push(value);
  }
}

/** The path comes from configuration, not from traffic. */
function parsePath(path: ByteString): Path | undefined {
  if (!/^(?:\/\/?(?:@?[^\s/@()[\]]+|text\(\)))+$/.test(path)) return undefined;
  const steps = [...path.matchAll(/(\/\/?)([^/]+)/g)].map((match) => ({ name: match[2]!, deep: match[1] === "//" }));
  const last = steps.at(-1)!;
  const isLeaf = last.name.startsWith("@") || last.name === "text()";
  const elements = (isLeaf ? steps.slice(0, -1) : steps).map(({ name, deep }) => ({ name: localName(name), deep }));
  if (elements.length > STEP_LIMIT || elements.some(({ name }) => name.startsWith("@") || name === "text()"))
    return undefined;
  const attribute = last.name.startsWith("@") ? localName(last.name.slice(1)) : undefined;
  return { elements, attribute, deep: isLeaf ? last.deep : true };
}

function localName(name: ByteString): ByteString {
  return name.slice(name.indexOf(":") + 1);
}
