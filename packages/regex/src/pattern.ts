import type { Node } from "./ast.ts";
import { Assertion } from "./ast.ts";
import type { PrefilterCondition } from "./literals.ts";
import { Backtracker, TOO_FAR } from "./backtracker.ts";
import { LazyDfa } from "./lazy-dfa.ts";
import { prefilterCondition } from "./literals.ts";
import type { Nfa } from "./nfa.ts";
import { compileNfa } from "./nfa.ts";
import type { ParsedPattern } from "./parse.ts";
import { parsePattern } from "./parse.ts";
import { PikeMatcher } from "./pike.ts";
import { overApproximate } from "./simplify.ts";

/** Flags a pattern starts with; inline flags change them. */
export interface PatternOptions {
  /** Dot matches line feed. Default true, as `@rx` does. */
  readonly dotAll?: boolean;
  /** `^` and `$` match at line boundaries. Default true, as `@rx` does. */
  readonly multiline?: boolean;
  /** ASCII letters match in either case. Default false. */
  readonly ignoreCase?: boolean;
}

/**
 * A compiled pattern over byte strings. Matching is linear in the haystack, whatever the pattern and the bytes.
 * Automata are built at first use; compiling only parses.
 */
export interface Pattern {
  readonly source: string;
  readonly groupCount: number;
  /** By group index; 0 is the whole match. */
  readonly groupNames: readonly (string | undefined)[];
  /** What must hold of a haystack for it to match. */
  readonly condition: PrefilterCondition;
  /** The match is the whole haystack, whatever it is. */
  readonly takesAll: boolean;
  /** True when the pattern occurs in the haystack. */
  test(haystack: string): boolean;
  /**
   * The leftmost match at or after `from`, chosen as Perl and RE2 choose: start and end of the whole match, then of each
   * group, -1 where a group took no part.
   */
  exec(haystack: string, from?: number): Int32Array | undefined;
}

/**
 * Compiles a pattern. A character beyond ASCII stands for its UTF-8 bytes; `.` and negated classes match one byte.
 * @throws PatternError with code, offset and hint, for what is malformed, too large, or cannot be matched in linear time.
 */
export function compilePattern(source: string, options: PatternOptions = {}): Pattern {
  return new CompiledPattern(source, options);
}

function parse(source: string, { dotAll, multiline, ignoreCase }: PatternOptions): ParsedPattern {
  return parsePattern(source, {
    dotAll: dotAll ?? true,
    multiline: multiline ?? true,
    ignoreCase: ignoreCase ?? false,
    ungreedy: false,
    extended: false,
  });
}

class CompiledPattern implements Pattern {
  readonly source: string;
  readonly groupCount: number;
  readonly groupNames: readonly (string | undefined)[];
  readonly condition: PrefilterCondition;
  readonly takesAll: boolean;
  readonly #options: PatternOptions;
  #exact: LazyDfa | undefined;
  /** A looser pattern with a small automaton, tried first; null when there is nothing to gain. */
  #loose: LazyDfa | null | undefined;
  #capturing: Nfa | undefined;
  #backtracker: Backtracker | undefined;
  #pike: PikeMatcher | undefined;

  constructor(source: string, options: PatternOptions) {
    const parsed = parse(source, options);
    const { root, groupCount, groupNames } = parsed;
    this.source = source;
    this.#options = options;
    this.groupCount = groupCount;
    this.groupNames = groupNames;
    this.condition = prefilterCondition(parsed);
    this.takesAll = groupCount === 0 && takesAll(root);
  }

  /**
   * The tree is made again when an automaton is: most patterns of a rule set wait for traffic that never comes.
   * Perf: 18 instead of 30 MB of heap after loading the CRS.
   */
  #root(): Node {
    return parse(this.source, this.#options).root;
  }

  test(haystack: string): boolean {
    if (haystack.length < this.condition.minLength) return false;
    if (this.#loose === undefined) this.#loose = this.#buildLoose();
    if (this.#loose !== null && !this.#loose.test(haystack)) return false;
    this.#exact ??= new LazyDfa(compileNfa(this.#root(), false));
    return this.#exact.test(haystack);
  }

  exec(haystack: string, from = 0): Int32Array | undefined {
    if (from === 0 && this.takesAll) return Int32Array.of(0, haystack.length);
    if (from === 0 && !this.test(haystack)) return undefined;
    this.#capturing ??= compileNfa(this.#root(), true);
    this.#backtracker ??= new Backtracker(this.#capturing, this.groupCount);
    const found = this.#backtracker.exec(haystack, from);
    if (found !== TOO_FAR) return found;
    this.#pike ??= new PikeMatcher(this.#capturing, this.groupCount);
    return this.#pike.exec(haystack, this.#backtracker.start);
  }

  #buildLoose(): LazyDfa | null {
    const loose = overApproximate(this.#root());
    return loose === undefined ? null : new LazyDfa(compileNfa(loose, false));
  }
}

/** `^.*$` and the like, which rules write to capture a whole value. */
function takesAll(root: Node): boolean {
  const nodes = root.kind === "concat" ? root.nodes : [root];
  const repeats = nodes.filter((node) => node.kind !== "assert");
  const [node] = repeats;
  if (repeats.length !== 1 || node?.kind !== "repeat" || node.node.kind !== "set") return false;
  if (node.min > 0 || node.max !== Infinity || !node.greedy || node.node.set.size < 256) return false;
  const at = nodes.indexOf(node);
  const begins: readonly number[] = [Assertion.BeginLine, Assertion.BeginText];
  const ends: readonly number[] = [Assertion.EndLine, Assertion.EndText];
  return nodes.every((other, index) => {
    return other.kind !== "assert" || (index < at ? begins : ends).includes(other.assertion);
  });
}
