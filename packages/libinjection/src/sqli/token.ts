/** Longest text that a token keeps; the scan goes on after the whole text. */
export const TEXT_LIMIT = 31;

/** A token of SQL. `type` is one letter of the fingerprint alphabet (spec: libinjection, 1), "" for no token. */
export interface Token {
  type: string;
  text: string;
  /** Delimiter that opened a string, "" when it was simulated. */
  open: string;
  /** Delimiter that closed it, "" when it is open. */
  close: string;
  /** Number of `@` of a variable. */
  count: number;
}

/** An empty slot. */
export function emptyToken(): Token {
  return { type: "", text: "", open: "", close: "", count: 0 };
}

export function clearToken(token: Token): void {
  token.type = "";
  token.text = "";
  token.open = "";
  token.close = "";
  token.count = 0;
}

export function copyToken(from: Token, to: Token): void {
  to.type = from.type;
  to.text = from.text;
  to.open = from.open;
  to.close = from.close;
  to.count = from.count;
}

/** Sets type and text, the text cut to its limit. */
export function setToken(token: Token, type: string, text: string): void {
  token.type = type;
  token.text = text.length > TEXT_LIMIT ? text.slice(0, TEXT_LIMIT) : text;
}
