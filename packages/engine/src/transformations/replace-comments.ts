import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";

/** `t:replaceComments`: C comments become one blank each. */
export const replaceComments: TransformationDefinition = {
  name: "replaceComments",
  summary: "Turns /* */ comments into one blank; an open one too.",
  examples: [
    { title: "closed", input: "a/* x */b", output: "a b" },
    { title: "open", input: "a/* x", output: "a " },
  ],
  reactsTo: "/",
  keepsCase: true,
  apply: replace,
};

function replace(value: ByteString): ByteString {
  let open = value.indexOf("/*");
  if (open < 0) return value;
  const pieces: string[] = [];
  let from = 0;
  while (open >= 0) {
    pieces.push(value.slice(from, open), " ");
    const close = value.indexOf("*/", open + 2);
    if (close < 0) return pieces.join("");
    from = close + 2;
    open = value.indexOf("/*", from);
  }
  pieces.push(value.slice(from));
  return pieces.join("");
}
