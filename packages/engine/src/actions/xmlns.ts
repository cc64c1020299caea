import type { ActionDefinition } from "../action.ts";
import { ActionArgumentError } from "../action.ts";
import { required } from "./argument.ts";

/** `xmlns`: names an XML namespace prefix; XPath selectors here compare names with their prefix as written. */
export const xmlns: ActionDefinition = {
  name: "xmlns",
  summary: "Accepted; XPath selectors compare element names with the prefix as it stands in the document.",
  group: "non-disruptive",
  argument: "prefix=URI",
  example: "xmlns:soap=http://schemas.xmlsoap.org/soap/envelope/",
  compile: (value, _draft, { warn }) => {
    if (!/^[^=\s]+=\S/.test(required(value))) {
      throw new ActionArgumentError(
        `"${value}" needs a prefix and a URI`,
        "as in xmlns:soap=http://schemas.xmlsoap.org/soap/envelope/",
      );
    }
    warn("xmlns has no effect: element names are compared with the prefix as written in the document");
  },
};
