import type { ByteString } from "../../text/bytes.ts";
import type { OperatorCompileContext } from "../../operator.ts";
import { OperatorArgumentError } from "../../operator.ts";

/** Content of the file that an operator names; refuses an empty path and the addresses that ModSecurity would fetch. */
export function readNamedFile(path: ByteString, context: OperatorCompileContext): ByteString {
  if (path === "") throw new OperatorArgumentError("the argument names no file");
  if (/^https?:\/\//i.test(path)) {
    const hint = "fetch the list outside of the configuration and name the file";
    throw new OperatorArgumentError("lists are not fetched from the network", { hint });
  }
  return context.readDataFile(path);
}
