import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import type { CaseResult } from "../suite-result.ts";

/** A part of a recorded answer that came out otherwise: `configuration`, `interruption`, `rules` or a variable's name. */
export interface Difference {
  readonly part: string;
  readonly want: string;
  readonly got: string;
}

interface Listed {
  /** Differences that every probe may show: a start value, a text. */
  readonly everywhere: readonly { part: string; want: string; got: string; reason: string }[];
  /** Probes that differ in exactly these parts. */
  readonly probes: readonly { id: string; differs: readonly string[]; reason: string }[];
}

/**
 * The deliberate differences to the recorded answers (`expected-differences/engine-probes.yaml`).
 *
 * Invariant: a probe that differs in one part more or less than its entry says is a failure, and so is an entry that is
 * not needed.
 */
export class ProbeDifferences {
  readonly #listed: Listed;
  readonly #reasons = new Map<string, string>();
  readonly #used = new Set<string>();

  constructor(listed: Listed) {
    this.#listed = listed;
    for (const { id, reason } of listed.probes) this.#reasons.set(id, reason);
    for (const { part, reason } of listed.everywhere) this.#reasons.set(`everywhere: ${part}`, reason);
  }

  static read(): ProbeDifferences {
    const path = fileURLToPath(new URL("../../expected-differences/engine-probes.yaml", import.meta.url));
    return new ProbeDifferences(parse(readFileSync(path, "utf8")) as Listed);
  }

  judge(id: string, differences: readonly Difference[]): CaseResult {
    const own = differences.filter((difference) => !this.#isEverywhere(difference));
    const entry = this.#listed.probes.find((probe) => probe.id === id);
    const parts = own.map(({ part }) => part).toSorted();
    if (parts.length === 0) return { id };
    const got = own
      .map((difference) => `${difference.part}: want ${difference.want}, got ${difference.got}`)
      .join("; ");
    if (entry === undefined) return { id, failure: { expected: "as recorded", got } };
    const listed = entry.differs.toSorted().join(", ");
    if (listed === parts.join(", ")) return { id, failure: { expected: "as recorded", got } };
    this.#reasons.delete(id);
    return { id, failure: { expected: `differences in ${listed}`, got: `differences in ${parts.join(", ")}: ${got}` } };
  }

  #isEverywhere({ part, want, got }: Difference): boolean {
    const entry = this.#listed.everywhere.find(
      (known) => known.part === part && known.want === want && known.got === got,
    );
    if (entry === undefined) return false;
    this.#used.add(`everywhere: ${part}`);
    return true;
  }

  /** Reasons by case, for the judgement of the whole run; call after every probe was judged. */
  reasons(): ReadonlyMap<string, string> {
    for (const key of this.#used) this.#reasons.delete(key);
    return this.#reasons;
  }
}
