import type { TransformationDefinition } from "../transformation.ts";
import type { ByteString } from "../text/bytes.ts";
import { toLowerAscii } from "../text/ascii.ts";
import { upperLetters } from "./shared/reacts-to.ts";

/** `t:cmdLine`: undoes what shells ignore: quotes, backslashes and carets go, separators become one blank, letters become small. */
export const cmdLine: TransformationDefinition = {
  name: "cmdLine",
  summary:
    "Undoes what shells ignore: quotes, backslashes and carets go, separators become one blank, letters become small.",
  examples: [{ title: "obfuscated", input: 'c^md /"C"  DIR', output: "cmd/c dir" }],
  reactsTo: `"'\\^,;\t\r\n ${upperLetters}`,
  foldsCase: "also",
  keepingCase: tidy,
  apply: (value) => toLowerAscii(tidy(value)),
};

/** What makes more than letters change, with the blank before it. */
const rewritten = / ?["'\\^,;\t\r\n]| [ /(]/;
const removed = /["'\\^]+/g;
/** Everything that stands for one blank but a blank by itself. */
const separators = /[,;\t\r\n][ ,;\t\r\n]*| [ ,;\t\r\n]+/g;
/** A blank before a slash or an open parenthesis goes. */
const attached = / (?=[/(])/g;

/** Perf: V8 does each of these in a third of the time of a loop: 860 bytes of cookies in 2.7 µs instead of 4.7. */
function tidy(value: ByteString): ByteString {
  if (!rewritten.test(value)) return value;
  return value.replace(removed, "").replace(separators, " ").replace(attached, "");
}
