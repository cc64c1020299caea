/** A text, or a pattern for texts that differ only in what identifies something. */
export interface Shape {
  /** Regular expression without anchors; the escaped text itself when `exact`. */
  readonly pattern: string;
  /** The text, when there is only one. */
  readonly exact: string | undefined;
}

/** A text in a regular expression; what SecLang could misread is written as an escape. */
export function escapePattern(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_-]/g, (unit) =>
    /[.[\]()*+?^$|{}]/.test(unit) ? `\\${unit}` : /[/:=@%~;!&]/.test(unit) ? unit.replace("/", "\\/") : hex(unit),
  );
}

function hex(unit: string): string {
  return `\\x${(unit.charCodeAt(0) & 0xff).toString(16).padStart(2, "0")}`;
}

/** Segments of a path that identify something (numbers, UUIDs, hashes, dated slugs) become `[^/]+`. */
export function pathShape(path: string): Shape {
  let variable = false;
  const pattern = path
    .split("/")
    .map((segment) => {
      if (!identifies(segment)) return escapePattern(segment);
      variable = true;
      return "[^/]+";
    })
    .join("/");
  return { pattern, exact: variable ? undefined : path };
}

/** `v1` and `oauth2` are names; `64616-rings`, `213664`, `app.48b4e9b5.js` are not. */
function identifies(segment: string): boolean {
  if (/^\d+$/.test(segment)) return true;
  const digits = segment.replaceAll(/\D/g, "").length;
  return segment.length >= 6 && digits >= 2;
}

/** Keys that differ in numbers, or in an id at their end, become one pattern each; the others stay as they are. */
export function keyShapes(keys: readonly string[]): Map<string, Shape> {
  const byPattern = new Map<string, Set<string>>();
  const rough = new Map(keys.map((key) => [key, roughShape(key)]));
  for (const [key, pattern] of rough) byPattern.set(pattern, (byPattern.get(pattern) ?? new Set()).add(key));
  const endings = randomEndings(keys);
  return new Map(
    keys.map((key) => {
      const ending = endings.find(({ test }) => test.test(key));
      if (ending !== undefined) return [key, { pattern: ending.pattern, exact: undefined }];
      const pattern = rough.get(key)!;
      const isShared = byPattern.get(pattern)!.size > 1;
      return [key, isShared ? { pattern, exact: undefined } : { pattern: escapePattern(key), exact: key }];
    }),
  );
}

/** Indexes of lists: `json.items.12.title` and `settings[3]`. */
function roughShape(key: string): string {
  return key
    .split(/(\d+)/)
    .map((part, at) => (at % 2 === 1 ? "\\d+" : escapePattern(part)))
    .join("");
}

interface Ending {
  readonly test: RegExp;
  readonly pattern: string;
}

/** Names such as `intercom-id-4f3k2j9a`: at least four that share all but an end of one length, digits in most of them. */
function randomEndings(keys: readonly string[]): Ending[] {
  const groups = new Map<string, Set<string>>();
  for (const key of keys) {
    const match = /^(.*[-_.:])([0-9A-Za-z]{6,})$/s.exec(key);
    if (match === null) continue;
    const group = `${match[1]!}\n${match[2]!.length}`;
    groups.set(group, (groups.get(group) ?? new Set()).add(match[2]!));
  }
  const found: Ending[] = [];
  for (const [group, endings] of groups) {
    const withDigits = [...endings].filter((ending) => /\d/.test(ending)).length;
    if (endings.size < 4 || withDigits * 2 < endings.size) continue;
    const [prefix = "", length = ""] = group.split("\n");
    const pattern = `${escapePattern(prefix)}[0-9A-Za-z]{${length}}`;
    found.push({ test: new RegExp(`^${pattern}$`), pattern });
  }
  return found;
}
