import { encodeUtf8 } from "@cuirass/engine";

/** How a runner reads the escapes that vectors hold after JSON decoding. */
export type TextConvention = (text: string) => string;

/** Coraza's runner: `\u0000` is NUL; a text with `\x` is read as a Go string literal, and stays as it is when it is none. */
export const corazaText: TextConvention = (text) => {
  const bytes = encodeUtf8(text).replaceAll("\\u0000", "\0");
  return bytes.includes("\\x") ? (unquoteGo(bytes) ?? bytes) : bytes;
};

/** ModSecurity's runner: `\xHH` is a byte and `\uHHHH` its low byte. */
export const modSecurityText: TextConvention = (text) =>
  encodeUtf8(text).replaceAll(
    /\\x([0-9a-fA-F]{2})|\\u[0-9a-fA-F]{2}([0-9a-fA-F]{2})/g,
    (_all, byte?: string, low?: string) => String.fromCharCode(Number.parseInt(byte ?? low!, 16)),
  );

const simpleEscapes: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  '"': '"',
};

/** Content of an interpreted Go string literal, undefined when it cannot be one. */
function unquoteGo(text: string): string | undefined {
  const whole =
    /^(?:[^"\\\n]|\\(?:[abfnrtv\\"]|x[0-9a-fA-F]{2}|[0-3][0-7]{2}|u[0-9a-fA-F]{4}|U00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}))*$/;
  if (!whole.test(text)) return undefined;
  return text.replaceAll(/\\(x..|[0-7]{3}|u.{4}|U.{8}|.)/gs, (_all, escape: string) => {
    const kind = escape[0]!;
    if (kind === "x") return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    if (kind === "u" || kind === "U") return encodeUtf8(String.fromCodePoint(Number.parseInt(escape.slice(1), 16)));
    return escape.length === 3 ? String.fromCharCode(Number.parseInt(escape, 8)) : simpleEscapes[kind]!;
  });
}
