import type { Node, SetNode } from "./ast.ts";
import type { ByteSet } from "./byte-set.ts";
import type { Flags } from "./flags.ts";
import type { PatternErrorCode } from "./pattern-error.ts";
import { alternate, Assertion, concat } from "./ast.ts";
import { anyButNewline, anyByte, escapeSets, isPlain, singleByte } from "./atoms.ts";
import { extendedEnd, readFlags } from "./flags.ts";
import { KEPT_LENGTH, KnownParts } from "./known-parts.ts";
import { parseClass } from "./parse-class.ts";
import { parseHexEscape } from "./parse-escape.ts";
import { PatternError } from "./pattern-error.ts";
import { copies, isQuantifier, readQuantifier, repetitions } from "./quantifier.ts";
import type { Refusal } from "./refused.ts";
import { refusedEscape, refusedGroup } from "./refused.ts";
import { utf8Bytes, utf8SequenceLength } from "./utf8-ranges.ts";

/** A parsed pattern. */
export interface ParsedPattern {
  readonly root: Node;
  /** Number of capturing groups. */
  readonly groupCount: number;
  /** By group index, 0 is the whole match. */
  readonly groupNames: readonly (string | undefined)[];
  /** All sets of the tree; those that stand for a single letter may be missing. */
  readonly sets: ReadonlySet<ByteSet>;
}

const REPEAT_LIMIT = 1000;
const DEPTH_LIMIT = 500;

const BAR = 0x7c;
const OPEN = 0x28;
const CLOSE = 0x29;
const QUESTION = 0x3f;
const COLON = 0x3a;
const STAR = 0x2a;
const PLUS = 0x2b;
const BRACKET = 0x5b;

/**
 * Parses the subset of PCRE and RE2 that is regular, over bytes.
 * @throws PatternError for anything else, with its position and what to write instead.
 */
export function parsePattern(source: string, flags: Flags): ParsedPattern {
  return new PatternParser(source, flags).parse();
}

/**
 * Perf: patterns against evasion repeat the same optional parts between any two letters. Those are read once and one node
 * stands for all of them, here and in what is worked out from the tree: the 294 patterns of the CRS take half the time.
 */
class PatternParser {
  readonly #source: string;
  #at = 0;
  #flags: Flags;
  #depth = 0;
  readonly #names: (string | undefined)[] = [undefined];
  readonly #sets = new Set<ByteSet>();
  readonly #known = new KnownParts();

  constructor(source: string, flags: Flags) {
    this.#source = source;
    this.#flags = flags;
  }

  parse(): ParsedPattern {
    const root = this.#alternation();
    if (this.#at < this.#source.length) this.#fail("syntax", "unmatched )", this.#at, "escape it as \\)");
    return { root, groupCount: this.#names.length - 1, groupNames: this.#names, sets: this.#sets };
  }

  #alternation(): Node {
    if (++this.#depth > DEPTH_LIMIT)
      this.#fail("too-large", `groups are nested more than ${DEPTH_LIMIT} deep`, this.#at);
    const first = this.#sequence();
    let node = first;
    if (this.#unit() === BAR) {
      const branches = [first];
      while (this.#unit() === BAR) {
        this.#at++;
        branches.push(this.#sequence());
      }
      node = alternate(branches);
    }
    this.#depth--;
    return node;
  }

  #sequence(): Node {
    const nodes: Node[] = [];
    // Where the optional parts begin that end here, the node of the first, and how many groups stand before them.
    let optionalAt = -1;
    let optionalNode = 0;
    let groups = 0;
    for (;;) {
      const unit = this.#unit();
      if (unit < 0 || unit === BAR || unit === CLOSE) break;
      const start = this.#at;
      if (this.#flags.extended) {
        if (!this.#skipExtended()) this.#addAtom(unit, nodes);
        continue;
      }
      if (isPlain(unit)) {
        if (optionalAt >= 0 && groups === this.#names.length) this.#unite(nodes, optionalNode, optionalAt);
        optionalAt = -1;
        nodes.push(this.#text(start));
        continue;
      }
      if (optionalAt < 0 && unit === BRACKET) {
        const known = this.#readOptional();
        if (known !== undefined) {
          nodes.push(known);
          continue;
        }
        optionalAt = start;
        optionalNode = nodes.length;
        groups = this.#names.length;
      }
      this.#addAtom(unit, nodes);
      const last = nodes.at(-1);
      if (last?.kind !== "repeat" || last.min > 0) optionalAt = -1;
    }
    return concat(nodes);
  }

  #addAtom(unit: number, nodes: Node[]): void {
    const start = this.#at;
    const atom = this.#atom(unit);
    if (atom !== undefined) nodes.push(this.#quantified(atom, start));
  }

  /** Bytes that stand for themselves, up to the last one that no quantifier follows; or that one with its quantifier. */
  #text(start: number): Node {
    const { ignoreCase } = this.#flags;
    const { length } = this.#source;
    let end = start + 1;
    while (end < length && isPlain(this.#source.charCodeAt(end))) end++;
    if (end < length && isQuantifier(this.#source.charCodeAt(end))) {
      if (end === start + 1) {
        this.#at = end;
        return this.#quantified(singleByte(this.#source.charCodeAt(start), ignoreCase), start);
      }
      end--;
    }
    this.#at = end;
    return { kind: "text", text: this.#source.slice(start, end), ignoreCase };
  }

  /** The optional parts that begin here with a class, as one node, when they were read before. */
  #readOptional(): Node | undefined {
    const start = this.#at;
    const known = this.#known.find(this.#source, start, this.#flags);
    if (known === undefined) return undefined;
    // Deep groups are read again, so that the limit holds.
    if (this.#depth + KEPT_LENGTH > DEPTH_LIMIT) return undefined;
    this.#at = start + known.text.length;
    if (!isQuantifier(this.#unit())) return known.node;
    this.#at = start;
    return undefined;
  }

  /** Makes one node of the optional parts from `first` on, which have no captures, to be used again. */
  #unite(nodes: Node[], first: number, start: number): void {
    if (nodes.length - first < 2 || this.#at - start > KEPT_LENGTH) return;
    const node = concat(nodes.splice(first));
    nodes.push(node);
    this.#known.add(this.#source.slice(start, this.#at), this.#flags, node);
  }

  /** One atom; undefined for what only changes flags. */
  #atom(unit: number): Node | undefined {
    const start = this.#at;
    switch (unit) {
      case OPEN:
        return this.#group();
      case BRACKET:
        return this.#class();
      case 0x2e:
        this.#at++;
        return this.#noted(this.#flags.dotAll ? anyByte : anyButNewline);
      case 0x5e:
        this.#at++;
        return { kind: "assert", assertion: this.#flags.multiline ? Assertion.BeginLine : Assertion.BeginText };
      case 0x24:
        this.#at++;
        return { kind: "assert", assertion: this.#flags.multiline ? Assertion.EndLine : Assertion.EndText };
      case 0x5c:
        return this.#escape();
      case STAR:
      case PLUS:
      case QUESTION: {
        const mark = String.fromCharCode(unit);
        return this.#fail("syntax", `nothing to repeat before ${mark}`, start, `escape it as \\${mark}`);
      }
      default: {
        if (unit < 0x80) {
          this.#at++;
          return this.#byte(unit);
        }
        // A character beyond ASCII is one atom of several bytes, so that a quantifier after it means all of them.
        const length = utf8SequenceLength(this.#source, start);
        this.#at += length;
        return this.#literal(this.#source.slice(start, start + length));
      }
    }
  }

  #class(): Node {
    const { node, next } = parseClass(this.#source, this.#at, this.#flags.ignoreCase);
    this.#noteAll(node);
    this.#at = next;
    return node;
  }

  #literal(bytes: string): Node {
    const nodes: Node[] = [];
    for (let at = 0; at < bytes.length; at++) nodes.push(this.#byte(bytes.charCodeAt(at)));
    return concat(nodes);
  }

  #byte(unit: number): SetNode {
    return this.#noted(singleByte(unit, this.#flags.ignoreCase));
  }

  #noted(node: SetNode): SetNode {
    this.#sets.add(node.set);
    return node;
  }

  /** A class is a set, or alternatives of sequences of sets. */
  #noteAll(node: Node): void {
    if (node.kind === "set") this.#sets.add(node.set);
    else if (node.kind === "alternate" || node.kind === "concat") for (const part of node.nodes) this.#noteAll(part);
  }

  #escape(): Node | undefined {
    const start = this.#at;
    const letter = this.#source[start + 1];
    if (letter === undefined) return this.#fail("syntax", "the pattern ends in a backslash", start);
    this.#at += 2;
    const set = escapeSets.get(letter);
    if (set !== undefined) return this.#noted(set);
    switch (letter) {
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
      default:
        this.#refuse(refusedEscape(letter), start);
        return this.#singleEscape(start);
    }
  }

  #singleEscape(start: number): Node {
    const { value, next } = parseHexEscape(this.#source, start);
    this.#at = next;
    if (value <= 0xff) return this.#byte(value);
    return this.#literal(String.fromCharCode(...utf8Bytes(value)));
  }

  #quotedText(start: number): Node {
    const end = this.#source.indexOf("\\E", start + 2);
    const text = this.#source.slice(start + 2, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#source.length : end + 2;
    return this.#literal(text);
  }

  #group(): Node | undefined {
    const start = this.#at;
    this.#at++;
    if (this.#unit() !== QUESTION) {
      if (this.#unit() === STAR)
        this.#fail("unsupported", "verbs such as (*UTF8) are not supported", start, "remove it");
      return this.#capture(start, undefined);
    }
    this.#at++;
    return this.#unit() === COLON ? this.#plainGroup(start) : this.#specialGroup(start);
  }

  /** `(?:...)`. */
  #plainGroup(start: number): Node {
    this.#at++;
    const flags = this.#flags;
    const node = this.#alternation();
    this.#close(start);
    this.#flags = flags;
    return node;
  }

  #specialGroup(start: number): Node | undefined {
    const rest = this.#source.slice(this.#at, this.#at + 3);
    this.#refuse(refusedGroup(rest), start);
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
    const saved = this.#flags;
    const node = this.#alternation();
    this.#close(start);
    this.#flags = saved;
    return { kind: "group", index, node };
  }

  /** `(?flags)` for the rest of the enclosing group, `(?flags:...)` for its own. */
  #flagGroup(start: number): Node | undefined {
    const saved = this.#flags;
    const { flags, end } = readFlags(this.#source, this.#at, saved);
    const mark = this.#source[end];
    if (mark !== ")" && mark !== ":")
      this.#fail("syntax", `unknown group (?${mark ?? ""}`, start, "known are (?:...), (?i), (?P<name>...)");
    this.#at = end + 1;
    this.#flags = flags;
    if (mark === ")") return undefined;
    const node = this.#alternation();
    this.#close(start);
    this.#flags = saved;
    return node;
  }

  #close(start: number): void {
    if (this.#unit() !== CLOSE) this.#fail("syntax", "the group is not closed", start, "expected )");
    this.#at++;
  }

  #quantified(atom: Node, start: number): Node {
    let node = atom;
    let repeated = false;
    for (;;) {
      if (this.#flags.extended && this.#skipExtended()) continue;
      const quantifierAt = this.#at;
      const quantifier = readQuantifier(this.#source, quantifierAt);
      if (quantifier === undefined) return node;
      const { bounds } = quantifier;
      this.#at = quantifier.next;
      if (repeated)
        this.#fail("syntax", "a quantifier follows a quantifier", quantifierAt, "put the repeated part into a group");
      repeated = true;
      let greedy = !this.#flags.ungreedy;
      if (this.#unit() === QUESTION) {
        greedy = !greedy;
        this.#at++;
      } else if (this.#unit() === PLUS) {
        this.#fail(
          "not-regular",
          "possessive quantifiers are not regular",
          this.#at,
          "remove the +: matching never backtracks here",
        );
      }
      if (bounds.max < bounds.min) this.#fail("syntax", "the bounds of the repetition are in the wrong order", start);
      node = { kind: "repeat", node, min: bounds.min, max: bounds.max, greedy };
      // `*`, `+` and `?` add no copies to what is inside, which was looked at before.
      if (copies(bounds) > 1 && repetitions(node) > REPEAT_LIMIT) {
        this.#fail(
          "too-large",
          `repetitions add up to more than ${REPEAT_LIMIT}`,
          start,
          "lower the bounds, or use * or +",
        );
      }
    }
  }

  /** Under the flag `x`: passes over white space and a comment. False when there is none. */
  #skipExtended(): boolean {
    const end = extendedEnd(this.#source, this.#at);
    const skips = end > this.#at;
    this.#at = end;
    return skips;
  }

  /** The unit here, -1 at the end. */
  #unit(): number {
    return this.#at < this.#source.length ? this.#source.charCodeAt(this.#at) : -1;
  }

  #refuse(refusal: Refusal | undefined, position: number): void {
    if (refusal !== undefined) this.#fail(refusal.code, refusal.message, position, refusal.hint);
  }

  #fail(code: PatternErrorCode, message: string, position: number, hint?: string): never {
    throw new PatternError(code, message, position, hint);
  }
}
