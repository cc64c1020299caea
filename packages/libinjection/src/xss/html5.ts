/** Kinds of HTML tokens (spec: libinjection, 6.1). */
export const Html = {
  DataText: 0,
  TagNameOpen: 1,
  TagNameClose: 2,
  TagNameSelfClose: 3,
  TagClose: 5,
  AttributeName: 6,
  AttributeValue: 7,
  TagComment: 8,
  Doctype: 9,
} as const;

/** Where a value may stand in a page: text, an unquoted attribute, or inside one of three quotes. */
export type HtmlContext = 0 | 1 | 2 | 3 | 4;

/** States of the tokenizer: what comes next. */
type State =
  | "eof"
  | "data"
  | "tag-open"
  | "end-tag-open"
  | "tag-name"
  | "tag-name-close"
  | "self-closing"
  | "before-attribute-name"
  | "attribute-name"
  | "after-attribute-name"
  | "before-attribute-value"
  | "quoted-value"
  | "unquoted-value"
  | "after-quoted-value"
  | "bogus-comment"
  | "bogus-comment-2"
  | "markup-declaration"
  | "doctype"
  | "comment"
  | "cdata";

const starts: readonly (readonly [State, string])[] = [
  ["data", ""],
  ["before-attribute-name", ""],
  ["quoted-value", "'"],
  ["quoted-value", '"'],
  ["quoted-value", "`"],
];

const GT = 0x3e;
const SLASH = 0x2f;
const EQUALS = 0x3d;

/** Splits HTML as a browser of old would (spec: libinjection, 6). Every byte is looked at a bounded number of times. */
export class HtmlTokenizer {
  readonly input: string;
  /** The token of the last successful `next`. */
  type = 0;
  start = 0;
  length = 0;
  #state: State;
  #quote: string;
  #at = 0;
  #isClose = false;

  constructor(input: string, context: HtmlContext) {
    this.input = input;
    [this.#state, this.#quote] = starts[context]!;
  }

  /** Moves to the next token; false at the end. */
  next(): boolean {
    // A state yields a token (true), ends (false), or hands over to the state it has set (undefined).
    for (;;) {
      const outcome = this.#run();
      if (outcome !== undefined) return outcome;
    }
  }

  #run(): boolean | undefined {
    switch (this.#state) {
      case "eof":
        return false;
      case "data":
        return this.#data();
      case "tag-open":
        return this.#tagOpen();
      case "end-tag-open":
        return this.#endTagOpen();
      case "tag-name":
        return this.#tagName();
      case "tag-name-close":
        return this.#tagNameClose();
      case "self-closing":
        return this.#selfClosing();
      case "before-attribute-name":
        return this.#beforeAttributeName();
      case "attribute-name":
        return this.#attributeName();
      case "after-attribute-name":
        return this.#afterAttributeName();
      case "before-attribute-value":
        return this.#beforeAttributeValue();
      case "quoted-value":
        return this.#quotedValue();
      case "unquoted-value":
        return this.#unquotedValue();
      case "after-quoted-value":
        return this.#afterQuotedValue();
      case "bogus-comment":
        return this.#bogusComment();
      case "bogus-comment-2":
        return this.#bogusComment2();
      case "markup-declaration":
        return this.#markupDeclaration();
      case "doctype":
        return this.#doctype();
      case "comment":
        return this.#comment();
      default:
        return this.#cdata();
    }
  }

  /** The token from `start` to `end`, then the state from `at`. */
  #emit(type: number, start: number, end: number, at: number, state: State): true {
    this.type = type;
    this.start = start;
    this.length = end - start;
    this.#at = at;
    this.#state = state;
    return true;
  }

  #emitRest(type: number): true {
    return this.#emit(type, this.#at, this.input.length, this.#at, "eof");
  }

  #go(state: State): undefined {
    this.#state = state;
    return undefined;
  }

  #end(): boolean {
    return this.#at >= this.input.length;
  }

  #unit(): number {
    return this.input.charCodeAt(this.#at);
  }

  /** Skips white space and NUL. */
  #skip(): void {
    while (!this.#end() && (isWhite(this.#unit()) || this.#unit() === 0)) this.#at++;
  }

  #data(): boolean | undefined {
    const open = this.input.indexOf("<", this.#at);
    if (open < 0) {
      if (this.#end()) return this.#finish();
      return this.#emitRest(Html.DataText);
    }
    const start = this.#at;
    this.#at = open + 1;
    if (open === start) return this.#go("tag-open");
    return this.#emit(Html.DataText, start, open, open + 1, "tag-open");
  }

  #finish(): false {
    this.#state = "eof";
    return false;
  }

  #tagOpen(): boolean | undefined {
    if (this.#end()) return false;
    const unit = this.#unit();
    if (unit === 0x21) return this.#advance("markup-declaration");
    if (unit === SLASH) {
      this.#isClose = true;
      return this.#advance("end-tag-open");
    }
    if (unit === 0x3f) return this.#advance("bogus-comment");
    if (unit === 0x25) return this.#advance("bogus-comment-2");
    if (isLetter(unit) || unit === 0) return this.#go("tag-name");
    if (this.#at === 0) return this.#go("data");
    return this.#emit(Html.DataText, this.#at - 1, this.#at, this.#at, "data");
  }

  #advance(state: State): undefined {
    this.#at++;
    return this.#go(state);
  }

  #endTagOpen(): boolean | undefined {
    if (this.#end()) return false;
    const unit = this.#unit();
    if (unit === GT) return this.#go("data");
    if (isLetter(unit)) return this.#go("tag-name");
    this.#isClose = false;
    return this.#go("bogus-comment");
  }

  #tagName(): boolean {
    const start = this.#at;
    for (let at = start; at < this.input.length; at++) {
      const unit = this.input.charCodeAt(at);
      if (isWhite(unit)) return this.#emit(Html.TagNameOpen, start, at, at + 1, "before-attribute-name");
      if (unit === SLASH) return this.#emit(Html.TagNameOpen, start, at, at + 1, "self-closing");
      if (unit !== GT) continue;
      if (!this.#isClose) return this.#emit(Html.TagNameOpen, start, at, at, "tag-name-close");
      this.#isClose = false;
      return this.#emit(Html.TagClose, start, at, at + 1, "data");
    }
    return this.#emitRest(Html.TagNameOpen);
  }

  #tagNameClose(): boolean {
    this.#isClose = false;
    const at = this.#at;
    return this.#emit(Html.TagNameClose, at, at + 1, at + 1, at + 1 < this.input.length ? "data" : "eof");
  }

  #selfClosing(): boolean | undefined {
    if (this.#end()) return false;
    if (this.#unit() !== GT) return this.#go("before-attribute-name");
    return this.#emit(Html.TagNameSelfClose, this.#at - 1, this.#at + 1, this.#at + 1, "data");
  }

  #beforeAttributeName(): boolean | undefined {
    this.#skip();
    if (this.#end()) return false;
    const unit = this.#unit();
    if (unit === SLASH) return this.#advance("self-closing");
    if (unit === GT) return this.#emit(Html.TagNameClose, this.#at, this.#at + 1, this.#at + 1, "data");
    return this.#go("attribute-name");
  }

  #attributeName(): boolean {
    const start = this.#at;
    for (let at = start + 1; at < this.input.length; at++) {
      const unit = this.input.charCodeAt(at);
      if (isWhite(unit)) return this.#emit(Html.AttributeName, start, at, at + 1, "after-attribute-name");
      if (unit === SLASH) return this.#emit(Html.AttributeName, start, at, at + 1, "self-closing");
      if (unit === EQUALS) return this.#emit(Html.AttributeName, start, at, at + 1, "before-attribute-value");
      if (unit === GT) return this.#emit(Html.AttributeName, start, at, at, "tag-name-close");
    }
    return this.#emit(Html.AttributeName, start, this.input.length, this.input.length, "eof");
  }

  #afterAttributeName(): boolean | undefined {
    this.#skip();
    if (this.#end()) return false;
    const unit = this.#unit();
    if (unit === SLASH) return this.#advance("self-closing");
    if (unit === EQUALS) return this.#advance("before-attribute-value");
    return this.#go(unit === GT ? "tag-name-close" : "attribute-name");
  }

  #beforeAttributeValue(): boolean | undefined {
    this.#skip();
    if (this.#end()) return this.#finish();
    const letter = this.input[this.#at]!;
    if (letter !== '"' && letter !== "'" && letter !== "`") return this.#go("unquoted-value");
    this.#quote = letter;
    return this.#go("quoted-value");
  }

  #quotedValue(): boolean {
    // At offset 0 the context stands for the opening quote.
    if (this.#at > 0) this.#at++;
    const close = this.input.indexOf(this.#quote, this.#at);
    if (close < 0) return this.#emitRest(Html.AttributeValue);
    return this.#emit(Html.AttributeValue, this.#at, close, close + 1, "after-quoted-value");
  }

  #unquotedValue(): boolean {
    const start = this.#at;
    for (let at = start; at < this.input.length; at++) {
      const unit = this.input.charCodeAt(at);
      if (isWhite(unit)) return this.#emit(Html.AttributeValue, start, at, at + 1, "before-attribute-name");
      if (unit === GT) return this.#emit(Html.AttributeValue, start, at, at, "tag-name-close");
    }
    return this.#emitRest(Html.AttributeValue);
  }

  #afterQuotedValue(): boolean | undefined {
    if (this.#end()) return false;
    const unit = this.#unit();
    if (isWhite(unit)) return this.#advance("before-attribute-name");
    if (unit === SLASH) return this.#advance("self-closing");
    if (unit === GT) return this.#emit(Html.TagNameClose, this.#at, this.#at + 1, this.#at + 1, "data");
    return this.#go("before-attribute-name");
  }

  #bogusComment(): boolean {
    const close = this.input.indexOf(">", this.#at);
    if (close < 0) return this.#emitRest(Html.TagComment);
    return this.#emit(Html.TagComment, this.#at, close, close + 1, "data");
  }

  /**
   * After `<%`. Offsets are mixed up once a `%` was passed over, as in the version that is followed (spec: libinjection, X9):
   * the byte tested for `>` is counted from the start, not from where the search stands.
   */
  #bogusComment2(): boolean {
    const { input } = this;
    const start = this.#at;
    for (let from = start; ;) {
      const percent = input.indexOf("%", from);
      if (percent < 0 || percent + 1 >= input.length) return this.#emitRest(Html.TagComment);
      const distance = percent - from;
      if (input.charCodeAt(start + distance + 1) === GT) {
        return this.#emit(Html.TagComment, start, start + distance, from + distance + 2, "data");
      }
      from += distance + 1;
    }
  }

  #markupDeclaration(): undefined {
    const { input } = this;
    const rest = input.slice(this.#at, this.#at + 7);
    if (rest.length === 7 && rest.toLowerCase() === "doctype") return this.#go("doctype");
    if (rest === "[CDATA[") {
      this.#at += 7;
      return this.#go("cdata");
    }
    if (!rest.startsWith("--")) return this.#go("bogus-comment");
    this.#at += 2;
    return this.#go("comment");
  }

  #doctype(): boolean {
    const close = this.input.indexOf(">", this.#at);
    if (close < 0) return this.#emitRest(Html.Doctype);
    return this.#emit(Html.Doctype, this.#at, close, close + 1, "data");
  }

  /** Ends at `-->`, `-!>`, with NULs between the dash and what follows. */
  #comment(): boolean {
    const { input } = this;
    const { length } = input;
    let nuls = 0;
    for (
      let dash = input.indexOf("-", this.#at);
      dash >= 0 && dash <= length - 3;
      dash = input.indexOf("-", dash + 1)
    ) {
      // Runs of NUL are passed over once: `nuls` remembers where the last one ended.
      let at = dash + 1;
      if (at < nuls) at = nuls;
      while (at < length && input.charCodeAt(at) === 0) at++;
      nuls = at;
      if (at >= length) break;
      if (input[at] !== "-" && input[at] !== "!") continue;
      at++;
      if (at >= length) break;
      if (input.charCodeAt(at) !== GT) continue;
      return this.#emit(Html.TagComment, this.#at, dash, at + 1, "data");
    }
    return this.#emitRest(Html.TagComment);
  }

  #cdata(): boolean {
    const { input } = this;
    for (
      let bracket = input.indexOf("]", this.#at);
      bracket >= 0 && bracket <= input.length - 3;
      bracket = input.indexOf("]", bracket + 1)
    ) {
      if (input.startsWith("]]>", bracket)) return this.#emit(Html.DataText, this.#at, bracket, bracket + 3, "data");
    }
    return this.#emitRest(Html.DataText);
  }
}

function isWhite(unit: number): boolean {
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
}

function isLetter(unit: number): boolean {
  const lower = unit | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}
