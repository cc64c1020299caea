/** Order in which parts are written when `+` and `-` changed the list. */
const CANONICAL = "ABCDEFGHIJKZ";

/** Why a list of parts cannot be used. */
export interface PartsProblem {
  readonly message: string;
  readonly hint: string;
}

/** Checks a full list: begins with A, ends with Z, letters B to K between; order and duplicates are kept. */
export function parseAuditLogParts(text: string): string | PartsProblem {
  const parts = text.toUpperCase();
  if (/^A[B-K]*Z$/.test(parts)) return parts;
  return { message: `"${text}" is no list of audit log parts`, hint: "expected A, then letters from B to K, then Z" };
}

/**
 * Applies `+XY`, `-XY` or a full list.
 *
 * Compat: A and Z stay, and the result is in canonical order; Coraza loses both (gaps A28).
 */
export function changeAuditLogParts(current: string, change: string): string | PartsProblem {
  const sign = change[0];
  if (sign !== "+" && sign !== "-") return parseAuditLogParts(change);
  const letters = change.slice(1).toUpperCase();
  if (!/^[B-K]+$/.test(letters))
    return { message: `"${change}" changes no parts`, hint: "expected + or - and letters from B to K" };
  const wanted = (part: string): boolean =>
    letters.includes(part) ? sign === "+" : current.includes(part) || part === "A" || part === "Z";
  return [...CANONICAL].filter(wanted).join("");
}
