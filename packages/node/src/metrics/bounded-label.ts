/**
 * Values of a label, of which only so many are told apart: what comes later counts as `other`. Tags and ids come from rules,
 * which reloads exchange and macros fill from traffic, and every value costs the scraper a series for good.
 */
export class BoundedLabel {
  readonly #limit: number;
  readonly #seen = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  of(value: string): string {
    if (this.#seen.has(value)) return value;
    if (this.#seen.size >= this.#limit) return "other";
    this.#seen.add(value);
    return value;
  }
}
