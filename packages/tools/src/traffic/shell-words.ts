/** Splits a command line into words as a POSIX shell does, `$'...'` of bash included. Nothing is expanded or run. */
export function shellWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const unit = text[at]!;
    if (unit === "\\") {
      const next = text[++at];
      if (next === "\r" && text[at + 1] === "\n") at++;
      else if (next !== "\n" && next !== undefined) word = (word ?? "") + next;
    } else if (unit === "'" || (unit === "$" && text[at + 1] === "'")) {
      const ansi = unit === "$";
      const { value, end } = ansi ? ansiQuoted(text, at + 2) : quoted(text, at + 1, "'");
      word = (word ?? "") + value;
      at = end;
    } else if (unit === '"') {
      const { value, end } = doubleQuoted(text, at + 1);
      word = (word ?? "") + value;
      at = end;
    } else if (/\s/.test(unit)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + unit;
  }
  if (word !== undefined) words.push(word);
  return words;
}

interface Quoted {
  readonly value: string;
  /** Offset of the closing quote. */
  readonly end: number;
}

function quoted(text: string, from: number, quote: string): Quoted {
  const close = text.indexOf(quote, from);
  const end = close < 0 ? text.length : close;
  return { value: text.slice(from, end), end };
}

function doubleQuoted(text: string, from: number): Quoted {
  let value = "";
  let at = from;
  for (; at < text.length && text[at] !== '"'; at++) {
    if (text[at] === "\\" && /["\\$`\n]/.test(text[at + 1] ?? "")) {
      at++;
      if (text[at] !== "\n") value += text[at]!;
    } else value += text[at]!;
  }
  return { value, end: at };
}

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  a: "\x07",
  b: "\b",
  e: "\x1b",
  f: "\f",
  v: "\v",
};

function ansiQuoted(text: string, from: number): Quoted {
  let value = "";
  let at = from;
  for (; at < text.length && text[at] !== "'"; at++) {
    if (text[at] !== "\\") {
      value += text[at]!;
      continue;
    }
    const next = text[++at] ?? "";
    const code = /^(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|([0-7]{1,3}))/.exec(text.slice(at, at + 5));
    if (code !== null) {
      value += String.fromCharCode(parseInt(code[1] ?? code[2] ?? code[3]!, code[3] === undefined ? 16 : 8));
      at += code[0].length - 1;
    } else value += escapes[next] ?? next;
  }
  return { value, end: at };
}
