/** A path such as `/health`, or everything below one: `/static/*`. */
export type PathPattern = string;

/** A request path in both readings; they differ when two servers may take it for two things. */
export interface RequestPath {
  readonly raw: string;
  readonly normal: string;
}

/** The path of a request target as received, and as a server that decodes and resolves it would see it. */
export function readPath(target: string): RequestPath {
  let start = 0;
  const scheme = target.startsWith("/") ? -1 : target.indexOf("://");
  if (scheme > 0) {
    start = target.indexOf("/", scheme + 3);
    if (start < 0) return { raw: "/", normal: "/" };
  }
  let end = start;
  while (end < target.length && target[end] !== "?" && target[end] !== "#") end++;
  const raw = target.slice(start, end);
  return { raw, normal: isOrdinary(raw) ? raw : normalise(raw) };
}

/** No escapes, backslashes, path parameters, empty or dot segments: every server reads it alike. */
function isOrdinary(path: string): boolean {
  for (let at = 0; at < path.length; at++) {
    const unit = path.charCodeAt(at);
    if (unit === 0x25 || unit === 0x5c || unit === 0x3b) return false;
    if (unit === 0x2f && (path.charCodeAt(at + 1) === 0x2f || path.charCodeAt(at + 1) === 0x2e)) return false;
  }
  return true;
}

function normalise(path: string): string {
  const out: string[] = [];
  for (const segment of decodeAll(path).replaceAll("\\", "/").split("/")) {
    const semicolon = segment.indexOf(";");
    const name = semicolon < 0 ? segment : segment.slice(0, semicolon);
    if (name === "" || name === ".") continue;
    if (name === "..") out.pop();
    else out.push(name);
  }
  return `/${out.join("/")}`;
}

/** Decodes escapes twice, as layered servers do; what is no escape stays. */
function decodeAll(path: string): string {
  const once = path.replaceAll(/%([0-9A-Fa-f]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return once.replaceAll(/%([0-9A-Fa-f]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/**
 * True when the pattern means this path in both readings, so that `/static/../admin` is not below `/static/`.
 * A trailing slash does not count.
 */
export function matchesPath(pattern: PathPattern, path: RequestPath, ignoreCase: boolean): boolean {
  const wanted = ignoreCase ? pattern.toLowerCase() : pattern;
  return (
    matches(wanted, ignoreCase ? path.raw.toLowerCase() : path.raw) &&
    matches(wanted, ignoreCase ? path.normal.toLowerCase() : path.normal)
  );
}

function matches(pattern: string, path: string): boolean {
  const trimmed = path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
  if (!pattern.endsWith("/*")) return trimmed === pattern;
  const base = pattern.slice(0, -2);
  return trimmed === base || trimmed.startsWith(`${base}/`);
}

/** @throws Error for a pattern that would not mean what its author thinks. */
export function checkPattern(pattern: PathPattern): void {
  const star = pattern.indexOf("*");
  const plain = star < 0 || (star === pattern.length - 1 && pattern.endsWith("/*"));
  if (!pattern.startsWith("/") || !plain || (pattern.length > 1 && pattern.endsWith("/"))) {
    throw new Error(`"${pattern}" is no path pattern: expected an exact path such as /health, or /static/*`);
  }
}
