import type { Node } from "./ast.ts";
import type { Flags } from "./flags.ts";

/** Bytes of a part that it is looked up by. */
const KEY_LENGTH = 16;
/** Longer parts are not kept: what patterns repeat is short. */
export const KEPT_LENGTH = 200;

interface KnownPart {
  readonly text: string;
  readonly flags: Flags;
  readonly node: Node;
}

/** Parts of a pattern that were read before. The same text under the same flags means the same. */
export class KnownParts {
  readonly #byBeginning = new Map<string, KnownPart>();

  /** The part that stands at an offset, if it is known. */
  find(source: string, start: number, flags: Flags): KnownPart | undefined {
    const known = this.#byBeginning.get(source.slice(start, start + KEY_LENGTH));
    return known?.flags === flags && source.startsWith(known.text, start) ? known : undefined;
  }

  add(text: string, flags: Flags, node: Node): void {
    this.#byBeginning.set(text.slice(0, KEY_LENGTH), { text, flags, node });
  }
}
