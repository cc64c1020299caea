/**
 * What the engine uses of newer ECMAScript than every V8 here has: V8 10.2 (Debian 12) lacks ES2023's array methods, and an
 * isolate that records a snapshot lacks whatever V8 adds to a heap only once it is loaded.
 *
 * Invariant: none of this is in a snapshot, because V8 adds its own there without looking.
 */
const polyfills: readonly (readonly [owner: object, name: string, value: unknown])[] = [
  [Object, "hasOwn", (owner: object, name: PropertyKey) => Object.prototype.hasOwnProperty.call(owner, name)],
  [
    Array.prototype,
    "toReversed",
    function toReversed(this: unknown[]) {
      return [...this].reverse();
    },
  ],
  [
    Array.prototype,
    "toSorted",
    function toSorted(this: unknown[], compare?: (a: unknown, b: unknown) => number) {
      return [...this].sort(compare);
    },
  ],
  [
    Array.prototype,
    "with",
    function withItem(this: unknown[], index: number, value: unknown) {
      const copy = [...this];
      copy[index < 0 ? copy.length + index : index] = value;
      return copy;
    },
  ],
  [
    Array.prototype,
    "findLast",
    function findLast(this: unknown[], test: (item: unknown, index: number, array: unknown[]) => boolean) {
      for (let at = this.length - 1; at >= 0; at--) if (test(this[at], at, this)) return this[at];
      return undefined;
    },
  ],
  [
    Array.prototype,
    "at",
    function at(this: unknown[], index: number) {
      return this[index < 0 ? this.length + index : index];
    },
  ],
];

let installed: (readonly [owner: object, name: string, value: unknown])[] = [];

/** Adds what is missing. */
export function installPolyfills(): void {
  for (const polyfill of polyfills) {
    const [owner, name, value] = polyfill;
    if (name in owner) continue;
    Object.defineProperty(owner, name, { value, writable: true, configurable: true });
    installed.push(polyfill);
  }
}

/** Takes away what was added: before a snapshot. */
export function removePolyfills(): void {
  for (const [owner, name] of installed) Reflect.deleteProperty(owner, name);
  installed = [];
}

installPolyfills();
