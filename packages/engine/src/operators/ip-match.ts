import type { OperatorDefinition } from "../operator.ts";
import { compileAddresses } from "./shared/addresses.ts";

/** `@ipMatch`: the value is an address of the list. */
export const ipMatch: OperatorDefinition = {
  name: "ipMatch",
  summary: "True when the value is an IP address in one of the networks.",
  argument: "addresses and networks, separated by commas",
  examples: [
    { title: "in a network", argument: "10.0.0.0/8,::1", input: "10.20.30.40", matches: true },
    { title: "other spelling", argument: "2001:db8::1", input: "2001:DB8:0:0:0:0:0:1", matches: true },
    { title: "mapped IPv4", argument: "192.0.2.0/24", input: "::ffff:192.0.2.1", matches: true },
    { title: "outside", argument: "10.0.0.0/8", input: "11.0.0.1", matches: false },
    { title: "not an address", argument: "0.0.0.0/0", input: "localhost", matches: false },
  ],
  compile: (argument, context) => compileAddresses([argument], context),
};
