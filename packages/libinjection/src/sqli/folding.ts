import type { SqlTokenizer } from "./tokenizer.ts";
import type { Token } from "./token.ts";
import { FINGERPRINT_LIMIT } from "./fingerprints.ts";
import { beginsWith, copyToken, emptyToken, isText, textOf, TEXT_LIMIT, unitOf } from "./token.ts";
import { isIn, Type, typeSet } from "./types.ts";
import { beginsPhrase, findWord, NO_WORD, wordType } from "./words.ts";

const {
  NONE,
  KEYWORD,
  EXPRESSION,
  SQL_TYPE,
  FUNCTION,
  BAREWORD,
  NUMBER,
  VARIABLE,
  STRING,
  OPERATOR,
  LOGIC,
  COMMENT,
  COLLATE,
  OPEN,
  CLOSE,
  OPEN_BRACE,
  CLOSE_BRACE,
  DOT,
  COMMA,
  SEMICOLON,
  TSQL,
  EVIL,
  BACKSLASH,
} = Type;

const mergeFirst = typeSet("knoUfETt");
const mergeSecond = typeSet("knoUfETt&");
const skippedFirst = typeSet("c(t");
const afterType = typeSet("n1t(fvs");
const operands = typeSet("n1vs");
const names = typeSet("n1");
const variableOperands = typeSet("v1n");
const clauses = typeSet("kEB");
const listClauses = typeSet("EB,");
const values = typeSet("1nvsf");

const niladic =
  "USER_ID USER_NAME DATABASE PASSWORD USER CURRENT_USER CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP LOCALTIME LOCALTIMESTAMP".split(
    " ",
  );

/** What a rule of two tokens asks for. */
const Outcome = { GoOn: 0, Restart: 1, Evil: 2 } as const;
type Outcome = (typeof Outcome)[keyof typeof Outcome];

/**
 * Reduces the tokens of one pass to at most five (spec: libinjection, 4).
 *
 * Removal never shifts the slots: dropping k tokens only makes the last k free to be overwritten. The result depends on it.
 */
export class Folding {
  readonly slots: Token[] = Array.from({ length: 8 }, emptyToken);
  readonly #tokenizer: SqlTokenizer;
  readonly #lastComment: Token = emptyToken();
  #input = "";
  #pos = 0;
  #left = 0;
  #more = true;

  constructor(tokenizer: SqlTokenizer) {
    this.#tokenizer = tokenizer;
  }

  /** Number of tokens left in `slots`, which stay valid until the next call. */
  fold(): number {
    this.#input = this.#tokenizer.input;
    this.#lastComment.type = NONE;
    this.#pos = 0;
    this.#left = 0;
    this.#more = true;
    const first = this.slots[0]!;
    do {
      if (!this.#tokenizer.next(first)) return 0;
    } while (isIn(first.type, skippedFirst) || this.#isUnary(first));
    this.#pos = 1;
    for (;;) {
      if (this.#pos >= FINGERPRINT_LIMIT) this.#shortcut();
      if (!this.#more || this.#left >= FINGERPRINT_LIMIT) {
        this.#left = this.#pos;
        break;
      }
      this.#fetch(2);
      if (this.#pos - this.#left < 2) {
        this.#left = this.#pos;
        continue;
      }
      const two = this.#foldTwo();
      if (two === Outcome.Evil) return this.#left + 2;
      if (two === Outcome.Restart) continue;
      this.#fetch(3);
      if (this.#pos - this.#left < 3) {
        this.#left = this.#pos;
        continue;
      }
      if (!this.#foldThree()) this.#left++;
    }
    if (this.#left < FINGERPRINT_LIMIT && this.#lastComment.type === COMMENT)
      copyToken(this.#lastComment, this.slots[this.#left++]!);
    return Math.min(this.#left, FINGERPRINT_LIMIT);
  }

  /** Five tokens that always come down to one (step A). */
  #shortcut(): void {
    const { slots } = this;
    const a = slots[0]!.type;
    if (a !== NUMBER && a !== BAREWORD) return;
    const b = slots[1]!.type;
    const c = slots[2]!.type;
    const d = slots[3]!.type;
    const e = slots[4]!.type;
    const matches =
      a === NUMBER
        ? ((b === OPERATOR || b === COMMA) && c === OPEN && d === NUMBER && e === CLOSE) ||
          (b === CLOSE && c === COMMA && d === OPEN && e === NUMBER)
        : (b === OPERATOR && c === OPEN && isIn(d, names) && e === CLOSE) ||
          (b === CLOSE && c === OPERATOR && d === OPEN && e === BAREWORD);
    if (!matches) return;
    if (this.#pos > FINGERPRINT_LIMIT) {
      copyToken(slots[FINGERPRINT_LIMIT]!, slots[1]!);
      this.#pos = 2;
    } else this.#pos = 1;
    this.#left = 0;
  }

  /** Reads until the window holds `count` tokens. */
  #fetch(count: number): void {
    while (this.#more && this.#pos <= FINGERPRINT_LIMIT && this.#pos - this.#left < count) {
      const slot = this.slots[this.#pos]!;
      if (!this.#tokenizer.next(slot)) this.#more = false;
      else if (slot.type === COMMENT) copyToken(slot, this.#lastComment);
      else {
        this.#lastComment.type = NONE;
        this.#pos++;
      }
    }
  }

  #drop(count: number): Outcome {
    this.#pos -= count;
    return Outcome.Restart;
  }

  #dropToStart(count: number): Outcome {
    this.#left = 0;
    return this.#drop(count);
  }

  /** Two-token rules (step D). */
  #foldTwo(): Outcome {
    const a = this.slots[this.#left]!;
    const b = this.slots[this.#left + 1]!;
    const input = this.#input;
    if (a.type === STRING && b.type === STRING) return this.#drop(1);
    if (a.type === SEMICOLON && b.type === SEMICOLON) return this.#drop(1);
    if ((a.type === OPERATOR || a.type === LOGIC) && (this.#isUnary(b) || b.type === SQL_TYPE))
      return this.#dropToStart(1);
    if ((a.type === OPEN && this.#isUnary(b)) || this.#merge(a, b)) {
      if (this.#left > 0) this.#left--;
      return this.#drop(1);
    }
    switch (a.type) {
      case SEMICOLON:
        if (b.type !== FUNCTION || !beginsWith(b, input, "IF")) break;
        b.type = TSQL;
        return Outcome.Restart;
      case BAREWORD:
      case VARIABLE:
        if (b.type !== OPEN || !this.#isNiladic(a)) break;
        a.type = FUNCTION;
        return Outcome.Restart;
      case KEYWORD:
        if (!isText(a, input, "IN") && !isText(a, input, "NOT IN")) break;
        a.type = b.type === OPEN ? OPERATOR : BAREWORD;
        return Outcome.Restart;
      case OPERATOR:
        if (!isText(a, input, "LIKE") && !isText(a, input, "NOT LIKE")) break;
        if (b.type === OPEN) a.type = FUNCTION;
        return Outcome.GoOn;
      case SQL_TYPE:
        if (!isIn(b.type, afterType)) break;
        copyToken(b, a);
        return this.#dropToStart(1);
      case COLLATE:
        if (b.type !== BAREWORD) break;
        if (textOf(b, input).includes("_")) {
          b.type = SQL_TYPE;
          this.#left = 0;
        }
        return Outcome.GoOn;
    }
    return this.#foldMarks(a, b);
  }

  #foldMarks(a: Token, b: Token): Outcome {
    switch (a.type) {
      case BACKSLASH:
        if (this.#isArithmetic(b)) a.type = NUMBER;
        else {
          copyToken(b, a);
          this.#pos--;
        }
        return this.#dropToStart(0);
      case OPEN:
      case CLOSE:
        if (b.type === a.type) return this.#dropToStart(1);
        break;
      case OPEN_BRACE:
        if (b.type !== BAREWORD) break;
        if (b.length > 0) return this.#dropToStart(2);
        b.type = EVIL;
        return Outcome.Evil;
    }
    return b.type === CLOSE_BRACE ? this.#dropToStart(1) : Outcome.GoOn;
  }

  /** Three-token rules (step F); true when one applied. */
  #foldThree(): boolean {
    const a = this.slots[this.#left]!;
    const b = this.slots[this.#left + 1]!;
    const c = this.slots[this.#left + 2]!;
    if (this.#isExpression(a, b, c)) {
      this.#dropToStart(2);
      return true;
    }
    if (b.type === OPERATOR && this.#isUnary(b)) {
      const beforeParenthesis = isIn(a.type, listClauses) && c.type === OPEN;
      const beforeValue = isIn(a.type, clauses) && isIn(c.type, values);
      if (beforeParenthesis || beforeValue) return this.#dropMiddle(b, c, 1);
      if (a.type === COMMA && isIn(c.type, operands)) return this.#dropMiddle(b, c, 3);
      if (a.type === COMMA && c.type === FUNCTION) return this.#dropMiddle(b, c, 1);
    }
    if (b.type === DOT && c.type === BAREWORD) {
      if (a.type === BAREWORD) {
        this.#dropToStart(2);
        return true;
      }
      if (a.type === EXPRESSION) return this.#dropMiddle(b, c, 1);
    }
    if (a.type === FUNCTION && b.type === OPEN && c.type !== CLOSE && isText(a, this.#input, "USER")) a.type = BAREWORD;
    return false;
  }

  #dropMiddle(b: Token, c: Token, count: number): boolean {
    copyToken(c, b);
    this.#dropToStart(count);
    return true;
  }

  /** Rules F1 to F7: operands joined by an operator or comma come down to the first. */
  #isExpression(a: Token, b: Token, c: Token): boolean {
    switch (b.type) {
      case OPERATOR:
        if (a.type === OPERATOR && c.type === OPERATOR) return true;
        if (a.type === VARIABLE && isIn(c.type, variableOperands)) return true;
        if (isIn(a.type, names) && isIn(c.type, names)) return true;
        if (c.type === SQL_TYPE && isIn(a.type, operands) && isText(b, this.#input, "::")) return true;
        break;
      case COMMA:
        if (isIn(a.type, operands) && isIn(c.type, operands)) return true;
        break;
    }
    if (a.type === OPERATOR && c.type === OPERATOR) return b.type !== OPEN;
    return a.type === LOGIC && c.type === LOGIC;
  }

  #isUnary(token: Token): boolean {
    if (token.type !== OPERATOR) return false;
    const unit = unitOf(token, this.#input, 0);
    switch (token.length) {
      case 1:
        return unit === 0x2b || unit === 0x2d || unit === 0x21 || unit === 0x7e;
      case 2:
        return unit === 0x21 && unitOf(token, this.#input, 1) === 0x21;
      default:
        return isText(token, this.#input, "NOT");
    }
  }

  /** True for the functions that may also be read without parentheses. */
  #isNiladic(token: Token): boolean {
    // They are words of the table; only the names of variables are not looked up.
    if (token.type === BAREWORD && token.word === NO_WORD) return false;
    return niladic.some((name) => isText(token, this.#input, name));
  }

  #isArithmetic(token: Token): boolean {
    return token.type === OPERATOR && token.length === 1 && "*/-+%".includes(textOf(token, this.#input));
  }

  /** Joins two words that make a phrase of the table; the result stands in `a` (spec: libinjection, 4.3). */
  #merge(a: Token, b: Token): boolean {
    if (!beginsPhrase(a.word) || !isIn(a.type, mergeFirst) || !isIn(b.type, mergeSecond)) return false;
    if (a.length + b.length + 1 > TEXT_LIMIT) return false;
    const phrase = `${textOf(a, this.#input)} ${textOf(b, this.#input)}`;
    const word = findWord(phrase, 0, phrase.length);
    const type = wordType(word);
    if (type === NONE) return false;
    a.type = type;
    a.phrase = phrase;
    a.length = phrase.length;
    a.word = word;
    return true;
  }
}
