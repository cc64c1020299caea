import type { ActionDefinition } from "../action.ts";
import type { ByteString } from "../text/bytes.ts";
import { required } from "./argument.ts";

/** Compat: 308 is a redirect too; Coraza turns it into 302. */
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * `redirect`: interrupts the transaction and sends the client elsewhere.
 *
 * Compat: macros in the target are expanded (gaps A30). Invariant: the target holds no control byte, so what a macro brings
 * in from the request cannot begin a header of its own.
 */
export const redirect: ActionDefinition = {
  name: "redirect",
  summary: "Interrupts the transaction and sends the client to a URL; status 302 unless 301, 303, 307 or 308 is given.",
  group: "disruptive",
  argument: "URL, macros allowed",
  example: "redirect:https://example.com/blocked",
  compile: (value, draft, { macro }) => {
    const target = macro(required(value));
    draft.disruptive = { kind: "redirect", target };
    return {
      evaluate: (tx, rule) => {
        const status = rule.status !== undefined && redirects.has(rule.status) ? rule.status : 302;
        tx.interrupt({ ruleId: rule.id, action: "redirect", status, data: escapeControls(target.expand(tx)) });
      },
    };
  },
};

function escapeControls(url: ByteString): ByteString {
  let out = "";
  let from = 0;
  for (let at = 0; at < url.length; at++) {
    const unit = url.charCodeAt(at);
    if (unit > 0x20 && unit !== 0x7f) continue;
    out += `${url.slice(from, at)}%${unit.toString(16).padStart(2, "0")}`;
    from = at + 1;
  }
  return from === 0 ? url : out + url.slice(from);
}
