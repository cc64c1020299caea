import type { ByteString } from "../../text/bytes.ts";

/** True when no part is empty, "." or ".."; "/" alone is left to the rules. */
function isClean(path: ByteString): boolean {
  return path !== "/" && !path.startsWith(".") && !path.includes("//") && !path.includes("/.");
}

/**
 * Lexical cleaning of a path: `//` and `/./` go, `..` takes the part before it along, not above the root; leading `..` of a
 * relative path stay. A trailing slash is kept (spec: seclang, 7). Returns the path itself when nothing changes.
 */
export function cleanPath(path: ByteString): ByteString {
  if (isClean(path)) return path;
  const rooted = path.startsWith("/");
  const parts: ByteString[] = [];
  let leading = 0;
  for (let start = 0; start <= path.length;) {
    let end = path.indexOf("/", start);
    if (end < 0) end = path.length;
    const part = path.slice(start, end);
    start = end + 1;
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > leading) parts.pop();
    else if (!rooted) {
      parts.push("..");
      leading++;
    }
  }
  const joined = (rooted ? "/" : "") + parts.join("/");
  if (joined === "") return "";
  const cleaned = path.endsWith("/") ? `${joined}/` : joined;
  return cleaned === path ? path : cleaned;
}
