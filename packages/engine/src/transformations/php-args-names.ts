import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";

/** `t:phpArgsNames`: the name under which PHP stores an argument (PHP manual, "Variables From External Sources"). */
export const phpArgsNames: TransformationDefinition = {
  name: "phpArgsNames",
  summary: "Rewrites an argument name as PHP does: leading blanks go, dots, blanks and open brackets become underscores.",
  examples: [
    { title: "dot and blank", input: " a.b c", output: "a_b_c" },
    { title: "array key stays", input: "a[b.c]", output: "a[b.c]" },
  ],
  apply: rename,
};

function rename(value: ByteString): ByteString {
  let start = 0;
  while (value.charCodeAt(start) === 0x20) start++;
  const name = start === 0 ? value : value.slice(start);
  const bracket = name.indexOf("[");
  const closed = bracket > 0 && name.indexOf("]", bracket) >= 0;
  const head = closed ? name.slice(0, bracket) : name;
  const rest = closed ? name.slice(bracket) : "";
  if (!/[. []/.test(head)) return start === 0 ? value : name;
  return replaceHead(head, closed) + rest;
}

/** Without a closing bracket only the first open one is replaced, and what follows it stays. */
function replaceHead(head: ByteString, closed: boolean): ByteString {
  const open = closed ? -1 : head.indexOf("[");
  if (open < 0) return head.replaceAll(/[. ]/g, "_");
  return `${head.slice(0, open).replaceAll(/[. ]/g, "_")}_${head.slice(open + 1)}`;
}
