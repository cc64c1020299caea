import type { Node } from "./ast.ts";
import type { PatternErrorCode } from "./pattern-error.ts";
import { alternate, Assertion, concat } from "./ast.ts";
import { ByteSet, digits, horizontalSpace, singleByte, spaceBytes, wordBytes } from "./byte-set.ts";
import { parseClass } from "./parse-class.ts";
import { parseHexEscape } from "./parse-escape.ts";
import { PatternError } from "./pattern-error.ts";
import { utf8Bytes, utf8SequenceLength } from "./utf8-ranges.ts";

/** Flags in force at a place of a pattern. */
export interface Flags {
  ignoreCase: boolean;
  dotAll: boolean;
  multiline: boolean;
  /** `U`: quantifiers are lazy by default. */
  ungreedy: boolean;
  /** `x`: white space and comments in the pattern mean nothing. */
  extended: boolean;
}

/** A parsed pattern. */
export interface ParsedPattern {
  readonly root: Node;
  /** Number of capturing groups. */
  readonly groupCount: number;
  /** By group index, 0 is the whole match. */
  readonly groupNames: readonly (string | undefined)[];
}

const REPEAT_LIMIT = 1000;
const DEPTH_LIMIT = 500;

/**
 * Parses the subset of PCRE and RE2 that is regular, over bytes.
 * @throws PatternError for anything else, with its position and what to write instead.
 */
export function parsePattern(source: string, flags: Flags): ParsedPattern {
  return new PatternParser(source, flags).parse();
}

class PatternParser {
  readonly #source: string;
  #at = 0;
  #flags: Flags;
  #depth = 0;
  readonly #names: (string | undefined)[] = [undefined];

  constructor(source: string, flags: Flags) {
    this.#source = source;
    this.#flags = flags;
  }

  parse(): ParsedPattern {
    const root = this.#alternation();
    if (this.#at < this.#source.length) this.#fail("syntax", "unmatched )", this.#at, "escape it as \\)");
    return { root, groupCount: this.#names.length - 1, groupNames: this.#names };
  }

  #alternation(): Node {
    if (++this.#depth > DEPTH_LIMIT)
      this.#fail("too-large", `groups are nested more than ${DEPTH_LIMIT} deep`, this.#at);
    const branches = [this.#sequence()];
    while (this.#peek() === "|") {
      this.#at++;
      branches.push(this.#sequence());
    }
    this.#depth--;
    return alternate(branches);
  }

  #sequence(): Node {
    const nodes: Node[] = [];
    while (this.#at < this.#source.length && this.#peek() !== "|" && this.#peek() !== ")") {
      if (this.#flags.extended && this.#skipExtended()) continue;
      const start = this.#at;
      const atom = this.#atom();
      if (atom !== undefined) nodes.push(this.#quantified(atom, start));
    }
    return concat(nodes);
  }

  /** One atom; undefined for what only changes flags. */
  #atom(): Node | undefined {
    const { ignoreCase, dotAll, multiline } = this.#flags;
    const start = this.#at;
    const unit = this.#source[start]!;
    switch (unit) {
      case "(":
        return this.#group();
      case "[": {
        const { node, next } = parseClass(this.#source, start, ignoreCase);
        this.#at = next;
        return node;
      }
      case ".":
        this.#at++;
        return { kind: "set", set: dotAll ? new ByteSet().negated() : ByteSet.of(0x0a).negated() };
      case "^":
        this.#at++;
        return { kind: "assert", assertion: multiline ? Assertion.BeginLine : Assertion.BeginText };
      case "$":
        this.#at++;
        return { kind: "assert", assertion: multiline ? Assertion.EndLine : Assertion.EndText };
      case "\\":
        return this.#escape();
      case "*":
      case "+":
      case "?":
        return this.#fail("syntax", `nothing to repeat before ${unit}`, start, `escape it as \\${unit}`);
      default: {
        // A character beyond ASCII is one atom of several bytes, so that a quantifier after it means all of them.
        const length = utf8SequenceLength(this.#source, start);
        this.#at += length;
        return this.#literal([...this.#source.slice(start, start + length)].map((byte) => byte.charCodeAt(0)));
      }
    }
  }

  #literal(bytes: readonly number[]): Node {
    const { ignoreCase } = this.#flags;
    return concat(bytes.map((byte) => ({ kind: "set", set: singleByte(byte, ignoreCase) })));
  }

  #escape(): Node | undefined {
    const start = this.#at;
    const letter = this.#source[start + 1];
    if (letter === undefined) return this.#fail("syntax", "the pattern ends in a backslash", start);
    this.#at += 2;
    const set = (bytes: ByteSet): Node => ({ kind: "set", set: bytes });
    switch (letter) {
      case "d":
        return set(digits);
      case "D":
        return set(digits.negated());
      case "w":
        return set(wordBytes);
      case "W":
        return set(wordBytes.negated());
      case "s":
        return set(spaceBytes);
      case "S":
        return set(spaceBytes.negated());
      case "h":
        return set(horizontalSpace);
      case "H":
        return set(horizontalSpace.negated());
      case "A":
        return { kind: "assert", assertion: Assertion.BeginText };
      case "z":
        return { kind: "assert", assertion: Assertion.EndText };
      case "b":
        return { kind: "assert", assertion: Assertion.WordBoundary };
      case "B":
        return { kind: "assert", assertion: Assertion.NotWordBoundary };
      case "Q":
        return this.#quotedText(start);
      case "Z":
        return this.#fail(
          "unsupported",
          "\\Z is not supported",
          start,
          "write \\z, or \\n?\\z where a last line feed is allowed",
        );
      case "G":
      case "K":
      case "X":
      case "R":
      case "C":
      case "N":
        return this.#fail("not-regular", `\\${letter} is not supported`, start, "write the bytes that are meant");
      case "p":
      case "P":
        return this.#fail(
          "unsupported",
          "Unicode classes are not supported: patterns match bytes",
          start,
          "write the ASCII class that is meant, such as [A-Za-z]",
        );
      case "k":
      case "g":
        return this.#fail(
          "not-regular",
          "back-references cannot be matched in linear time",
          start,
          "compare with a chained rule and %{TX.1}",
        );
      default:
        if (letter >= "1" && letter <= "9") {
          return this.#fail(
            "not-regular",
            "back-references cannot be matched in linear time",
            start,
            "compare with a chained rule and %{TX.1}",
          );
        }
        return this.#singleEscape(start);
    }
  }

  #singleEscape(start: number): Node {
    const { value, next } = parseHexEscape(this.#source, start);
    this.#at = next;
    return this.#literal(value > 0xff ? utf8Bytes(value) : [value]);
  }

  #quotedText(start: number): Node {
    const end = this.#source.indexOf("\\E", start + 2);
    const text = this.#source.slice(start + 2, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#source.length : end + 2;
    return this.#literal([...text].map((byte) => byte.charCodeAt(0)));
  }

  #group(): Node | undefined {
    const start = this.#at;
    this.#at++;
    if (this.#peek() !== "?") {
      if (this.#peek() === "*")
        this.#fail("unsupported", "verbs such as (*UTF8) are not supported", start, "remove it");
      return this.#capture(start, undefined);
    }
    this.#at++;
    const rest = this.#source.slice(this.#at, this.#at + 3);
    if (/^<?[=!]/.test(rest)) {
      this.#fail(
        "not-regular",
        "look-around cannot be matched in linear time",
        start,
        "use a second rule of a chain, negated where needed",
      );
    }
    if (rest.startsWith(">"))
      this.#fail(
        "not-regular",
        "atomic groups are not regular",
        start,
        "write (?:...): matching never backtracks here",
      );
    if (/^(?:R|\(|&|\d|[+-]\d|P[>=])/.test(rest)) {
      this.#fail("not-regular", "recursion, conditions and back-references are not regular", start);
    }
    if (rest.startsWith("#")) return this.#comment(start);
    const name = /^(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/.exec(this.#source.slice(this.#at, this.#at + 80));
    if (name !== null) {
      this.#at += name[0].length;
      return this.#capture(start, name[1] ?? name[2]);
    }
    return this.#flagGroup(start);
  }

  #comment(start: number): undefined {
    const end = this.#source.indexOf(")", this.#at);
    if (end < 0) this.#fail("syntax", "the comment is not closed", start);
    this.#at = end + 1;
    return undefined;
  }

  #capture(start: number, name: string | undefined): Node {
    const index = this.#names.push(name) - 1;
    const saved = { ...this.#flags };
    const node = this.#alternation();
    this.#close(start);
    this.#flags = saved;
    return { kind: "group", index, node };
  }

  /** `(?flags)` for the rest of the enclosing group, `(?flags:...)` for its own. */
  #flagGroup(start: number): Node | undefined {
    const saved = { ...this.#flags };
    const flags = { ...this.#flags };
    let on = true;
    for (; ; this.#at++) {
      const letter = this.#peek();
      if (letter === "-") on = false;
      else if (letter === "i") flags.ignoreCase = on;
      else if (letter === "s") flags.dotAll = on;
      else if (letter === "m") flags.multiline = on;
      else if (letter === "U") flags.ungreedy = on;
      else if (letter === "x") flags.extended = on;
      else break;
    }
    const end = this.#peek();
    if (end !== ")" && end !== ":")
      this.#fail("syntax", `unknown group (?${end ?? ""}`, start, "known are (?:...), (?i), (?P<name>...)");
    this.#at++;
    this.#flags = flags;
    if (end === ")") return undefined;
    const node = this.#alternation();
    this.#close(start);
    this.#flags = saved;
    return node;
  }

  #close(start: number): void {
    if (this.#peek() !== ")") this.#fail("syntax", "the group is not closed", start, "expected )");
    this.#at++;
  }

  #quantified(atom: Node, start: number): Node {
    let node = atom;
    let repeated = false;
    for (;;) {
      if (this.#flags.extended && this.#skipExtended()) continue;
      const quantifierAt = this.#at;
      const bounds = this.#bounds();
      if (bounds === undefined) return node;
      if (repeated)
        this.#fail("syntax", "a quantifier follows a quantifier", quantifierAt, "put the repeated part into a group");
      repeated = true;
      let greedy = !this.#flags.ungreedy;
      if (this.#peek() === "?") {
        greedy = !greedy;
        this.#at++;
      } else if (this.#peek() === "+") {
        this.#fail(
          "not-regular",
          "possessive quantifiers are not regular",
          this.#at,
          "remove the +: matching never backtracks here",
        );
      }
      if (bounds.max < bounds.min) this.#fail("syntax", "the bounds of the repetition are in the wrong order", start);
      node = { kind: "repeat", node, ...bounds, greedy };
      if (repetitions(node) > REPEAT_LIMIT) {
        this.#fail(
          "too-large",
          `repetitions add up to more than ${REPEAT_LIMIT}`,
          start,
          "lower the bounds, or use * or +",
        );
      }
    }
  }

  /** Bounds of the quantifier here, undefined when there is none; `{` that begins no bounds is literal. */
  #bounds(): { min: number; max: number } | undefined {
    const unit = this.#peek();
    if (unit === "*" || unit === "+" || unit === "?") {
      this.#at++;
      return { min: unit === "+" ? 1 : 0, max: unit === "?" ? 1 : Infinity };
    }
    if (unit !== "{") return undefined;
    const match = /^\{(\d{1,9})(?:(,)(\d{1,9})?)?\}/.exec(this.#source.slice(this.#at, this.#at + 24));
    if (match === null) return undefined;
    this.#at += match[0].length;
    const min = Number(match[1]);
    return { min, max: match[2] === undefined ? min : match[3] === undefined ? Infinity : Number(match[3]) };
  }

  #skipExtended(): boolean {
    const unit = this.#source.charCodeAt(this.#at);
    if (unit === 0x20 || (unit >= 0x09 && unit <= 0x0d)) {
      this.#at++;
      return true;
    }
    if (unit !== 0x23) return false;
    const end = this.#source.indexOf("\n", this.#at);
    this.#at = end < 0 ? this.#source.length : end + 1;
    return true;
  }

  #peek(): string | undefined {
    return this.#source[this.#at];
  }

  #fail(code: PatternErrorCode, message: string, position: number, hint?: string): never {
    throw new PatternError(code, message, position, hint);
  }
}

/** Largest product of nested finite repetition counts. */
function repetitions(node: Node): number {
  switch (node.kind) {
    case "repeat": {
      const own = node.max === Infinity ? Math.max(1, node.min) : Math.max(1, node.max);
      return own * repetitions(node.node);
    }
    case "concat":
    case "alternate":
      return node.nodes.reduce((most, child) => Math.max(most, repetitions(child)), 1);
    case "group":
      return repetitions(node.node);
    default:
      return 1;
  }
}
