import type { CtlOption } from "./option.ts";
import { ActionArgumentError } from "../../action.ts";
import { Phase } from "../../phase.ts";
import { oneOf, onOff, wholeNumber } from "./option.ts";

/** 1 GiB, as for the directives. */
const MAXIMUM_LIMIT = 1_073_741_824;

/** Names are not checked further: an unknown one sets REQBODY_ERROR, which rules answer (spec: seclang, 9). */
function processor(value: string): string {
  if (/^\w+$/.test(value)) return value.toUpperCase();
  throw new ActionArgumentError(
    `"${value}" is no name of a body processor`,
    "expected URLENCODED, MULTIPART, JSON, XML or RAW",
  );
}

/** Options about bodies. */
export const bodyOptions: readonly CtlOption[] = [
  {
    name: "requestBodyAccess",
    summary: "On or Off.",
    example: "On",
    until: Phase.RequestHeaders,
    compile: (value) => {
      const on = onOff(value);
      return (tx) => {
        tx.control.requestBodyAccess = on;
      };
    },
  },
  {
    name: "requestBodyLimit",
    // Compat: it can be raised too; Coraza then fails to store the body (gaps A19).
    summary: "Bytes, fewer or more than SecRequestBodyLimit.",
    example: "1048576",
    until: Phase.RequestHeaders,
    compile: (value) => {
      const limit = wholeNumber(value, 1, MAXIMUM_LIMIT);
      return (tx) => {
        tx.control.requestBodyLimit = limit;
      };
    },
  },
  {
    name: "requestBodyProcessor",
    summary: "URLENCODED, MULTIPART, JSON, XML, RAW or a registered name.",
    example: "JSON",
    until: Phase.RequestHeaders,
    compile: (value) => {
      const name = processor(value);
      return (tx) => tx.variables.reqbodyProcessor.set(name);
    },
  },
  {
    name: "forceRequestBodyVariable",
    summary: "On: a body that no processor is chosen for is read as a form.",
    example: "On",
    until: Phase.RequestHeaders,
    compile: (value) => {
      const on = onOff(value);
      return (tx) => {
        tx.control.forceRequestBodyVariable = on;
      };
    },
  },
  {
    name: "responseBodyAccess",
    summary: "On or Off.",
    example: "Off",
    until: Phase.ResponseHeaders,
    compile: (value) => {
      const on = onOff(value);
      return (tx) => {
        tx.control.responseBodyAccess = on;
      };
    },
  },
  {
    name: "responseBodyLimit",
    summary: "Bytes, fewer or more than SecResponseBodyLimit.",
    example: "65536",
    until: Phase.ResponseHeaders,
    compile: (value) => {
      const limit = wholeNumber(value, 1, MAXIMUM_LIMIT);
      return (tx) => {
        tx.control.responseBodyLimit = limit;
      };
    },
  },
  {
    name: "responseBodyProcessor",
    summary: "JSON, XML or a registered name.",
    example: "JSON",
    until: Phase.ResponseHeaders,
    compile: (value) => {
      const name = processor(value);
      return (tx) => tx.variables.resBodyProcessor.set(name);
    },
  },
  {
    name: "forceResponseBodyVariable",
    summary: "On: the response body is inspected whatever its type.",
    example: "On",
    until: Phase.ResponseHeaders,
    compile: (value) => {
      const on = onOff(value);
      return (tx) => {
        tx.control.forceResponseBodyVariable = on;
      };
    },
  },
  {
    name: "parseXmlIntoArgs",
    summary: "On, Off or OnlyArgs.",
    example: "OnlyArgs",
    until: Phase.RequestHeaders,
    compile: (value) => {
      const mode = oneOf(value, ["On", "Off", "OnlyArgs"]);
      return (tx) => {
        tx.control.parseXmlIntoArgs = mode;
      };
    },
  },
];
