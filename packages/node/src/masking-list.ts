import type { MaskingList } from "@cuirass/engine";

const kinds: Readonly<Record<string, keyof MaskingList>> = {
  arg: "arguments",
  cookie: "cookies",
  header: "requestHeaders",
  "response-header": "responseHeaders",
};

/**
 * Reads what logs must not show from words such as `arg:password`, `cookie:session`, `header:authorization` and
 * `response-header:set-cookie`.
 * @throws Error naming the word that cannot be meant.
 */
export function parseMaskingList(words: readonly string[]): MaskingList {
  const list: Record<string, string[]> = {};
  for (const word of words) {
    const colon = word.indexOf(":");
    const kind = kinds[word.slice(0, Math.max(0, colon))];
    const name = word.slice(colon + 1).trim();
    if (kind === undefined || name === "") {
      throw new Error(`"${word}" cannot be masked: expected ${Object.keys(kinds).join(":NAME, ")}:NAME`);
    }
    (list[kind] ??= []).push(name);
  }
  return list;
}
