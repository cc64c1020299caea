import type { ByteString } from "../text/bytes.ts";
import type { XmlElement } from "./xml-collector.ts";

const RESULT_LIMIT = 10_000;

/**
 * A useful subset of XPath: `/a/b`, `//name`, `*`, `@attribute`, `@*`, `text()`; absolute paths only. An element selects
 * its text pieces and those of everything inside. Cost is bounded by the size of the document times the length of the path.
 */
export function selectXPath(root: XmlElement, path: ByteString): ByteString[] {
  const steps = parseSteps(path);
  const out: ByteString[] = [];
  if (steps === undefined) return out;
  let current: ReadonlySet<XmlElement> = new Set([root]);
  for (let index = 0; index < steps.length; index++) {
    const { name, deep } = steps[index]!;
    const from = deep ? descendants(current) : current;
    if (name === "text()" || name.startsWith("@")) {
      for (const element of from) collectLeaf(element, name, out);
      return index === steps.length - 1 ? out : [];
    }
    const next = new Set<XmlElement>();
    for (const element of from) {
      for (const child of element.children) if (name === "*" || child.name === name) next.add(child);
    }
    current = next;
  }
  for (const element of descendants(current)) out.push(...element.texts.slice(0, RESULT_LIMIT - out.length));
  return out;
}

/** True when the path is of the subset. */
export function isSupportedXPath(path: ByteString): boolean {
  return parseSteps(path) !== undefined;
}

interface Step {
  readonly name: ByteString;
  /** `//`: at any depth. */
  readonly deep: boolean;
}

function parseSteps(path: ByteString): Step[] | undefined {
  const steps: Step[] = [];
  for (const match of path.matchAll(/(\/\/?)([^/]+)/g)) {
    const [, slashes, name] = match;
    if (!/^(?:@?[^\s@()[\]]+|text\(\))$/.test(name!)) return undefined;
    steps.push({ name: name!, deep: slashes === "//" });
  }
  return steps.length > 0 && path.startsWith("/") ? steps : undefined;
}

function descendants(of: ReadonlySet<XmlElement>): ReadonlySet<XmlElement> {
  const all = new Set(of);
  for (const element of all) for (const child of element.children) all.add(child);
  return all;
}

function collectLeaf(element: XmlElement, name: ByteString, out: ByteString[]): void {
  if (name === "text()") out.push(...element.texts.slice(0, RESULT_LIMIT - out.length));
  else {
    for (const [attribute, value] of element.attributes) {
      if ((name === "@*" || attribute === name.slice(1)) && out.length < RESULT_LIMIT) out.push(value);
    }
  }
}
