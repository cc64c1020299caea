import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";

/** `t:phpArgsNames`: the name under which PHP stores an argument (PHP manual, "Variables From External Sources"). */
export const phpArgsNames: TransformationDefinition = {
  name: "phpArgsNames",
  summary:
    "Rewrites an argument name as PHP does: leading blanks go, dots, blanks and open brackets become underscores.",
  examples: [
    { title: "dot and blank", input: " a.b c", output: "a_b_c" },
    { title: "array key stays", input: "a[b.c]", output: "a[b.c]" },
  ],
  apply: rename,
};

/**
 * Blanks in front go, and up to the first bracket blanks and dots become underscores. Closed brackets that follow each other
 * are array keys, and what comes after the last is dropped; a bracket that is never closed becomes an underscore. A name
 * that begins with a bracket is no variable at all.
 */
function rename(value: ByteString): ByteString {
  let start = 0;
  while (value.charCodeAt(start) === 0x20) start++;
  const bracket = value.indexOf("[", start);
  const head = value.slice(start, bracket < 0 ? undefined : bracket).replaceAll(/[. ]/g, "_");
  if (bracket < 0) return head === value ? value : head;
  if (head === "") return "";
  let keys = "";
  for (let open = bracket; value[open] === "[";) {
    const close = value.indexOf("]", open);
    if (close < 0) return keys === "" ? `${head}_${value.slice(open + 1)}` : head + keys;
    const key = value.slice(open + 1, close);
    keys += key === " " ? "[]" : `[${key}]`;
    open = close + 1;
  }
  const renamed = head + keys;
  return renamed === value ? value : renamed;
}
