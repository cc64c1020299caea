import { SqlTokenizer } from "./tokenizer.ts";
import type { Token } from "./token.ts";
import { clearToken, copyToken, emptyToken, setToken, TEXT_LIMIT } from "./token.ts";
import { lookUp, toUpperAscii } from "./words.ts";

/** Most tokens of a fingerprint. */
const FOLDED_LIMIT = 5;

const mergeFirst = "knoUfETt";
const mergeSecond = "knoUfETt&";
const niladic = new Set(
  "USER_ID USER_NAME DATABASE PASSWORD USER CURRENT_USER CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP LOCALTIME LOCALTIMESTAMP".split(
    " ",
  ),
);

/**
 * Reduces the tokens of one pass to at most five (spec: libinjection, 4).
 *
 * Removal never shifts the slots: dropping k tokens only makes the last k free to be overwritten. The result depends on it.
 */
export class Folding {
  readonly slots: Token[] = Array.from({ length: 8 }, emptyToken);
  #tokenizer: SqlTokenizer = new SqlTokenizer("", "", false);
  readonly #lastComment: Token = emptyToken();
  #pos = 0;
  #left = 0;
  #more = true;

  /** Number of tokens left in `slots`, which stay valid until the next call. */
  fold(tokenizer: SqlTokenizer): number {
    this.#tokenizer = tokenizer;
    for (const slot of this.slots) clearToken(slot);
    clearToken(this.#lastComment);
    this.#pos = 0;
    this.#left = 0;
    this.#more = true;
    const first = this.slots[0]!;
    do {
      if (!this.#tokenizer.next(first)) return 0;
    } while (first.type === "c" || first.type === "(" || first.type === "t" || isUnary(first));
    this.#pos = 1;
    for (;;) {
      this.#shortcut();
      if (!this.#more || this.#left >= FOLDED_LIMIT) {
        this.#left = this.#pos;
        break;
      }
      this.#fetch(2);
      if (this.#pos - this.#left < 2) {
        this.#left = this.#pos;
        continue;
      }
      const two = this.#foldTwo();
      if (two === "evil") return this.#left + 2;
      if (two === "restart") continue;
      this.#fetch(3);
      if (this.#pos - this.#left < 3) {
        this.#left = this.#pos;
        continue;
      }
      if (!this.#foldThree()) this.#left++;
    }
    if (this.#left < FOLDED_LIMIT && this.#lastComment.type === "c")
      copyToken(this.#lastComment, this.slots[this.#left++]!);
    return Math.min(this.#left, FOLDED_LIMIT);
  }

  /** Five tokens that always come down to one (step A). */
  #shortcut(): void {
    if (this.#pos < FOLDED_LIMIT) return;
    const [a, b, c, d, e] = this.slots.map((slot) => slot.type) as [string, string, string, string, string];
    const matches =
      (a === "1" && (b === "o" || b === ",") && c === "(" && d === "1" && e === ")") ||
      (a === "n" && b === "o" && c === "(" && (d === "n" || d === "1") && e === ")") ||
      (a === "1" && b === ")" && c === "," && d === "(" && e === "1") ||
      (a === "n" && b === ")" && c === "o" && d === "(" && e === "n");
    if (!matches) return;
    if (this.#pos > FOLDED_LIMIT) {
      copyToken(this.slots[FOLDED_LIMIT]!, this.slots[1]!);
      this.#pos = 2;
    } else this.#pos = 1;
    this.#left = 0;
  }

  /** Reads until the window holds `count` tokens. */
  #fetch(count: number): void {
    while (this.#more && this.#pos <= FOLDED_LIMIT && this.#pos - this.#left < count) {
      const slot = this.slots[this.#pos]!;
      if (!this.#tokenizer.next(slot)) this.#more = false;
      else if (slot.type === "c") copyToken(slot, this.#lastComment);
      else {
        this.#lastComment.type = "";
        this.#pos++;
      }
    }
  }

  #drop(count: number): "restart" {
    this.#pos -= count;
    return "restart";
  }

  #dropToStart(count: number): "restart" {
    this.#left = 0;
    return this.#drop(count);
  }

  /** Two-token rules (step D). */
  #foldTwo(): "restart" | "go on" | "evil" {
    const a = this.slots[this.#left]!;
    const b = this.slots[this.#left + 1]!;
    if (a.type === "s" && b.type === "s") return this.#drop(1);
    if (a.type === ";" && b.type === ";") return this.#drop(1);
    if ((a.type === "o" || a.type === "&") && (isUnary(b) || b.type === "t")) return this.#dropToStart(1);
    if ((a.type === "(" && isUnary(b)) || merge(a, b)) {
      if (this.#left > 0) this.#left--;
      return this.#drop(1);
    }
    if (a.type === ";" && b.type === "f" && upper(b).startsWith("IF")) {
      b.type = "T";
      return "restart";
    }
    if ((a.type === "n" || a.type === "v") && b.type === "(" && niladic.has(upper(a))) {
      a.type = "f";
      return "restart";
    }
    if (a.type === "k" && (upper(a) === "IN" || upper(a) === "NOT IN")) {
      a.type = b.type === "(" ? "o" : "n";
      return "restart";
    }
    if (a.type === "o" && (upper(a) === "LIKE" || upper(a) === "NOT LIKE")) {
      if (b.type === "(") a.type = "f";
      return "go on";
    }
    if (a.type === "t" && b.type !== "" && "n1t(fvs".includes(b.type)) {
      copyToken(b, a);
      return this.#dropToStart(1);
    }
    if (a.type === "A" && b.type === "n") {
      if (b.text.includes("_")) {
        b.type = "t";
        this.#left = 0;
      }
      return "go on";
    }
    return this.#foldMarks(a, b);
  }

  #foldMarks(a: Token, b: Token): "restart" | "go on" | "evil" {
    if (a.type === "\\") {
      if (isArithmetic(b)) a.type = "1";
      else {
        copyToken(b, a);
        this.#pos--;
      }
      return this.#dropToStart(0);
    }
    if (a.type === "(" && b.type === "(") return this.#dropToStart(1);
    if (a.type === ")" && b.type === ")") return this.#dropToStart(1);
    if (a.type === "{" && b.type === "n") {
      if (b.text.length > 0) return this.#dropToStart(2);
      b.type = "X";
      return "evil";
    }
    if (b.type === "}") return this.#dropToStart(1);
    return "go on";
  }

  /** Three-token rules (step F); true when one applied. */
  #foldThree(): boolean {
    const a = this.slots[this.#left]!;
    const b = this.slots[this.#left + 1]!;
    const c = this.slots[this.#left + 2]!;
    if (isExpression(a, b, c)) {
      this.#dropToStart(2);
      return true;
    }
    if (isUnary(b)) {
      const beforeParenthesis = isOneOf(a, "EB,") && c.type === "(";
      const beforeValue = isOneOf(a, "kEB") && isOneOf(c, "1nvsf");
      if (beforeParenthesis || beforeValue) return this.#dropMiddle(b, c, 1);
      if (a.type === "," && isOneOf(c, "1nvs")) return this.#dropMiddle(b, c, 3);
      if (a.type === "," && c.type === "f") return this.#dropMiddle(b, c, 1);
    }
    if (a.type === "n" && b.type === "." && c.type === "n") {
      this.#dropToStart(2);
      return true;
    }
    if (a.type === "E" && b.type === "." && c.type === "n") return this.#dropMiddle(b, c, 1);
    if (a.type === "f" && upper(a) === "USER" && b.type === "(" && c.type !== ")") a.type = "n";
    return false;
  }

  #dropMiddle(b: Token, c: Token, count: number): boolean {
    copyToken(c, b);
    this.#dropToStart(count);
    return true;
  }
}

/** Rules F1 to F7: operands joined by an operator or comma come down to the first. */
function isExpression(a: Token, b: Token, c: Token): boolean {
  if (a.type === "1" && b.type === "o" && c.type === "1") return true;
  if (a.type === "o" && b.type !== "(" && c.type === "o") return true;
  if (a.type === "&" && c.type === "&") return true;
  if (a.type === "v" && b.type === "o" && isOneOf(c, "v1n")) return true;
  if (isOneOf(a, "n1") && b.type === "o" && isOneOf(c, "1n")) return true;
  if (isOneOf(a, "n1vs") && b.type === "o" && b.text === "::" && c.type === "t") return true;
  return isOneOf(a, "n1sv") && b.type === "," && isOneOf(c, "1nsv");
}

function isOneOf(token: Token, types: string): boolean {
  return token.type !== "" && types.includes(token.type);
}

function isUnary(token: Token): boolean {
  if (token.type !== "o") return false;
  const { text } = token;
  return (
    text === "+" ||
    text === "-" ||
    text === "!" ||
    text === "~" ||
    text === "!!" ||
    (text.length === 3 && upper(token) === "NOT")
  );
}

function isArithmetic(token: Token): boolean {
  return token.type === "o" && token.text.length === 1 && "*/-+%".includes(token.text);
}

/** Joins two words that make a phrase of the table; the result stands in `a` (spec: libinjection, 4.3). */
function merge(a: Token, b: Token): boolean {
  if (!isOneOf(a, mergeFirst) || !isOneOf(b, mergeSecond)) return false;
  if (a.text.length + b.text.length + 1 > TEXT_LIMIT) return false;
  const phrase = `${a.text} ${b.text}`;
  const type = lookUp(phrase);
  if (type === "") return false;
  setToken(a, type, phrase);
  return true;
}

function upper(token: Token): string {
  return toUpperAscii(token.text);
}
