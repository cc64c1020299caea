/** Control and non-ASCII bytes as \xHH, cut to a length: nothing of the request reaches the terminal as it is. */
export function escapeText(text: string, limit: number): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return cut.replaceAll(
    /[^\x20-\x7e…→]/g,
    (unit) => `\\x${(unit.codePointAt(0)! & 0xff).toString(16).padStart(2, "0")}`,
  );
}
