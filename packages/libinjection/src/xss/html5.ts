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

/** States of the tokenizer: what comes next. Perf: numbers, so that a state is reached by one jump. */
const State = {
  Eof: 0,
  Data: 1,
  TagOpen: 2,
  EndTagOpen: 3,
  TagName: 4,
  TagNameClose: 5,
  SelfClosing: 6,
  BeforeAttributeName: 7,
  AttributeName: 8,
  AfterAttributeName: 9,
  BeforeAttributeValue: 10,
  QuotedValue: 11,
  UnquotedValue: 12,
  AfterQuotedValue: 13,
  BogusComment: 14,
  BogusComment2: 15,
  MarkupDeclaration: 16,
  Doctype: 17,
  Comment: 18,
  Cdata: 19,
} as const;
type State = (typeof State)[keyof typeof State];

const starts: readonly (readonly [State, number])[] = [
  [State.Data, 0],
  [State.BeforeAttributeName, 0],
  [State.QuotedValue, 0x27],
  [State.QuotedValue, 0x22],
  [State.QuotedValue, 0x60],
];

const GT = 0x3e;
const SLASH = 0x2f;
const EQUALS = 0x3d;

/** Splits HTML as a browser of old would (spec: libinjection, 6). Every byte is looked at a bounded number of times. */
export class HtmlTokenizer {
  input = "";
  /** The token of the last successful `next`. */
  type = 0;
  start = 0;
  length = 0;
  #state: State = State.Eof;
  /** Byte that ends the value of an attribute. */
  #quote = 0;
  #at = 0;
  #isClose = false;

  /** Begins anew. */
  reset(input: string, context: HtmlContext): void {
    const start = starts[context]!;
    this.input = input;
    this.#state = start[0];
    this.#quote = start[1];
    this.#at = 0;
    this.#isClose = false;
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
      case State.Eof:
        return false;
      case State.Data:
        return this.#data();
      case State.TagOpen:
        return this.#tagOpen();
      case State.EndTagOpen:
        return this.#endTagOpen();
      case State.TagName:
        return this.#tagName();
      case State.TagNameClose:
        return this.#tagNameClose();
      case State.SelfClosing:
        return this.#selfClosing();
      case State.BeforeAttributeName:
        return this.#beforeAttributeName();
      case State.AttributeName:
        return this.#attributeName();
      case State.AfterAttributeName:
        return this.#afterAttributeName();
      case State.BeforeAttributeValue:
        return this.#beforeAttributeValue();
      case State.QuotedValue:
        return this.#quotedValue();
      case State.UnquotedValue:
        return this.#unquotedValue();
      case State.AfterQuotedValue:
        return this.#afterQuotedValue();
      case State.BogusComment:
        return this.#bogusComment();
      case State.BogusComment2:
        return this.#bogusComment2();
      case State.MarkupDeclaration:
        return this.#markupDeclaration();
      case State.Doctype:
        return this.#doctype();
      case State.Comment:
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
    return this.#emit(type, this.#at, this.input.length, this.#at, State.Eof);
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
    if (open === start) return this.#go(State.TagOpen);
    return this.#emit(Html.DataText, start, open, open + 1, State.TagOpen);
  }

  #finish(): false {
    this.#state = State.Eof;
    return false;
  }

  #tagOpen(): boolean | undefined {
    if (this.#end()) return false;
    const unit = this.#unit();
    if (unit === 0x21) return this.#advance(State.MarkupDeclaration);
    if (unit === SLASH) {
      this.#isClose = true;
      return this.#advance(State.EndTagOpen);
    }
    if (unit === 0x3f) return this.#advance(State.BogusComment);
    if (unit === 0x25) return this.#advance(State.BogusComment2);
    if (isLetter(unit) || unit === 0) return this.#go(State.TagName);
    if (this.#at === 0) return this.#go(State.Data);
    return this.#emit(Html.DataText, this.#at - 1, this.#at, this.#at, State.Data);
  }

  #advance(state: State): undefined {
    this.#at++;
    return this.#go(state);
  }

  #endTagOpen(): boolean | undefined {
    if (this.#end()) return false;
    const unit = this.#unit();
    if (unit === GT) return this.#go(State.Data);
    if (isLetter(unit)) return this.#go(State.TagName);
    this.#isClose = false;
    return this.#go(State.BogusComment);
  }

  #tagName(): boolean {
    const start = this.#at;
    for (let at = start; at < this.input.length; at++) {
      const unit = this.input.charCodeAt(at);
      if (isWhite(unit)) return this.#emit(Html.TagNameOpen, start, at, at + 1, State.BeforeAttributeName);
      if (unit === SLASH) return this.#emit(Html.TagNameOpen, start, at, at + 1, State.SelfClosing);
      if (unit !== GT) continue;
      if (!this.#isClose) return this.#emit(Html.TagNameOpen, start, at, at, State.TagNameClose);
      this.#isClose = false;
      return this.#emit(Html.TagClose, start, at, at + 1, State.Data);
    }
    return this.#emitRest(Html.TagNameOpen);
  }

  #tagNameClose(): boolean {
    this.#isClose = false;
    const at = this.#at;
    return this.#emit(Html.TagNameClose, at, at + 1, at + 1, at + 1 < this.input.length ? State.Data : State.Eof);
  }

  #selfClosing(): boolean | undefined {
    if (this.#end()) return false;
    if (this.#unit() !== GT) return this.#go(State.BeforeAttributeName);
    return this.#emit(Html.TagNameSelfClose, this.#at - 1, this.#at + 1, this.#at + 1, State.Data);
  }

  #beforeAttributeName(): boolean | undefined {
    this.#skip();
    if (this.#end()) return false;
    const unit = this.#unit();
    if (unit === SLASH) return this.#advance(State.SelfClosing);
    if (unit === GT) return this.#emit(Html.TagNameClose, this.#at, this.#at + 1, this.#at + 1, State.Data);
    return this.#go(State.AttributeName);
  }

  #attributeName(): boolean {
    const start = this.#at;
    for (let at = start + 1; at < this.input.length; at++) {
      const unit = this.input.charCodeAt(at);
      if (isWhite(unit)) return this.#emit(Html.AttributeName, start, at, at + 1, State.AfterAttributeName);
      if (unit === SLASH) return this.#emit(Html.AttributeName, start, at, at + 1, State.SelfClosing);
      if (unit === EQUALS) return this.#emit(Html.AttributeName, start, at, at + 1, State.BeforeAttributeValue);
      if (unit === GT) return this.#emit(Html.AttributeName, start, at, at, State.TagNameClose);
    }
    return this.#emit(Html.AttributeName, start, this.input.length, this.input.length, State.Eof);
  }

  #afterAttributeName(): boolean | undefined {
    this.#skip();
    if (this.#end()) return false;
    const unit = this.#unit();
    if (unit === SLASH) return this.#advance(State.SelfClosing);
    if (unit === EQUALS) return this.#advance(State.BeforeAttributeValue);
    return this.#go(unit === GT ? State.TagNameClose : State.AttributeName);
  }

  #beforeAttributeValue(): boolean | undefined {
    this.#skip();
    if (this.#end()) return this.#finish();
    const unit = this.#unit();
    if (unit !== 0x22 && unit !== 0x27 && unit !== 0x60) return this.#go(State.UnquotedValue);
    this.#quote = unit;
    return this.#go(State.QuotedValue);
  }

  #quotedValue(): boolean {
    // At offset 0 the context stands for the opening quote.
    if (this.#at > 0) this.#at++;
    const close = this.input.indexOf(String.fromCharCode(this.#quote), this.#at);
    if (close < 0) return this.#emitRest(Html.AttributeValue);
    return this.#emit(Html.AttributeValue, this.#at, close, close + 1, State.AfterQuotedValue);
  }

  #unquotedValue(): boolean {
    const start = this.#at;
    for (let at = start; at < this.input.length; at++) {
      const unit = this.input.charCodeAt(at);
      if (isWhite(unit)) return this.#emit(Html.AttributeValue, start, at, at + 1, State.BeforeAttributeName);
      if (unit === GT) return this.#emit(Html.AttributeValue, start, at, at, State.TagNameClose);
    }
    return this.#emitRest(Html.AttributeValue);
  }

  #afterQuotedValue(): boolean | undefined {
    if (this.#end()) return false;
    const unit = this.#unit();
    if (isWhite(unit)) return this.#advance(State.BeforeAttributeName);
    if (unit === SLASH) return this.#advance(State.SelfClosing);
    if (unit === GT) return this.#emit(Html.TagNameClose, this.#at, this.#at + 1, this.#at + 1, State.Data);
    return this.#go(State.BeforeAttributeName);
  }

  #bogusComment(): boolean {
    const close = this.input.indexOf(">", this.#at);
    if (close < 0) return this.#emitRest(Html.TagComment);
    return this.#emit(Html.TagComment, this.#at, close, close + 1, State.Data);
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
        return this.#emit(Html.TagComment, start, start + distance, from + distance + 2, State.Data);
      }
      from += distance + 1;
    }
  }

  #markupDeclaration(): undefined {
    const { input } = this;
    const rest = input.slice(this.#at, this.#at + 7);
    if (rest.length === 7 && rest.toLowerCase() === "doctype") return this.#go(State.Doctype);
    if (rest === "[CDATA[") {
      this.#at += 7;
      return this.#go(State.Cdata);
    }
    if (!rest.startsWith("--")) return this.#go(State.BogusComment);
    this.#at += 2;
    return this.#go(State.Comment);
  }

  #doctype(): boolean {
    const close = this.input.indexOf(">", this.#at);
    if (close < 0) return this.#emitRest(Html.Doctype);
    return this.#emit(Html.Doctype, this.#at, close, close + 1, State.Data);
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
      return this.#emit(Html.TagComment, this.#at, dash, at + 1, State.Data);
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
      if (input.startsWith("]]>", bracket))
        return this.#emit(Html.DataText, this.#at, bracket, bracket + 3, State.Data);
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
