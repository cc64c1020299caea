import type { Variables } from "../variables.ts";
import type { WafSettings } from "../../settings.ts";
import type { ByteString } from "../../text/bytes.ts";
import { hasBadEscape, percentDecode } from "../../text/percent-decode.ts";
import { parseForm } from "./form.ts";
import { splitTarget } from "./request-target.ts";

/**
 * The variables of the request line, and the arguments of the query string (spec: transaction, 3).
 *
 * Compat: a target that Coraza's parser refuses still yields its path, query and arguments (gaps A10). URLENCODED_ERROR is
 * "1", not a text, and stands for a bad escape in the query too, as ModSecurity has it (gaps A11). It is a flag, not an
 * alarm: a lone percent sign is common in harmless queries, and no rule of the CRS or of the recommended settings asks it.
 */
export function populateUri(
  v: Variables,
  settings: Readonly<WafSettings>,
  uri: ByteString,
  method: ByteString,
  protocol: ByteString,
  addArgument: (name: ByteString, value: ByteString) => boolean,
): void {
  v.requestMethod.set(method);
  v.requestProtocol.set(protocol);
  v.requestUriRaw.set(uri);
  v.requestLine.set(`${method} ${uri} ${protocol}`);

  const hash = uri.indexOf("#");
  const { path, query, uri: normalised, valid } = splitTarget(hash < 0 ? uri : uri.slice(0, hash));
  if (!valid || (query !== undefined && hasBadEscape(query))) v.urlencodedError.set("1");

  const filename = percentDecode(path, false);
  v.requestFilename.set(filename);
  v.requestBasename.set(basename(filename));
  v.requestUri.set(normalised);
  if (query === undefined) return;
  v.queryString.set(query);
  parseForm(query, settings.argumentSeparator, addArgument);
}

/** What follows the last slash or backslash; the whole path when nothing does. */
function basename(path: ByteString): ByteString {
  const slash = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  return slash === path.length - 1 ? path : path.slice(slash + 1);
}
