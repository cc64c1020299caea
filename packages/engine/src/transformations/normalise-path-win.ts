import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";
import { cleanPath } from "./shared/clean-path.ts";

/** `t:normalisePathWin`: as normalisePath, the way Windows reads paths. */
export const normalisePathWin: TransformationDefinition = {
  name: "normalisePathWin",
  aliases: ["normalizePathWin"],
  summary: "Turns backslashes into slashes, resolves the path, drops stream names and trailing dots and blanks.",
  examples: [{ title: "backslashes", input: "\\a\\..\\b", output: "/b" }],
  reactsTo: "/\\.: ",
  apply: (value) => {
    const slashes = value.includes("\\") ? value.replaceAll("\\", "/") : value;
    const cleaned = cleanPath(slashes);
    const result = dropDecorations(cutStreamName(cleaned));
    return result === value ? value : result;
  },
};

/** Cuts `:stream` off the last component; a drive letter stays. */
function cutStreamName(path: ByteString): ByteString {
  if (!path.includes(":")) return path;
  const trailing = path.endsWith("/") ? "/" : "";
  const body = trailing === "" ? path : path.slice(0, -1);
  const last = body.lastIndexOf("/") + 1;
  const colon = body.indexOf(":", last === 0 && hasDrive(body) ? 2 : last);
  return colon < 0 ? path : body.slice(0, colon) + trailing;
}

function hasDrive(path: ByteString): boolean {
  const letter = path.charCodeAt(0) | 0x20;
  return letter >= 0x61 && letter <= 0x7a && path.charCodeAt(1) === 0x3a;
}

/** Trailing dots and blanks of components mean nothing to Windows; a component of dots alone stays. */
function dropDecorations(path: ByteString): ByteString {
  if (!hasDecoration(path)) return path;
  const parts = path.split("/");
  const kept: string[] = [];
  parts.forEach((part, index) => {
    const stripped = isAllDots(part) ? part : stripEnd(part);
    if (stripped !== "" || part === "" || index === parts.length - 1) kept.push(stripped);
  });
  return kept.join("/");
}

/** True when a dot or blank stands before a slash or at the end. */
function hasDecoration(path: ByteString): boolean {
  for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) {
    if (at > 0 && isDecoration(path.charCodeAt(at - 1))) return true;
  }
  return path !== "" && isDecoration(path.charCodeAt(path.length - 1));
}

function isDecoration(unit: number): boolean {
  return unit === 0x2e || unit === 0x20;
}

function isAllDots(part: ByteString): boolean {
  for (let at = 0; at < part.length; at++) if (part.charCodeAt(at) !== 0x2e) return false;
  return true;
}

function stripEnd(part: ByteString): ByteString {
  let end = part.length;
  while (end > 0 && isDecoration(part.charCodeAt(end - 1))) end--;
  return end === part.length ? part : part.slice(0, end);
}
