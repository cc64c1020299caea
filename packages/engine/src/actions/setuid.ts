import type { ActionDefinition } from "../action.ts";
import { required } from "./argument.ts";
import { namedRecord } from "./named-record.ts";

/** `setuid`: names the user and opens its record in USER, apart for each SecWebAppId. */
export const setuid: ActionDefinition = {
  name: "setuid",
  summary: "Names the user and opens its record in USER.",
  group: "non-disruptive",
  argument: "text, macros allowed",
  example: "setuid:%{REQUEST_COOKIES.id}",
  compile: (value, _draft, { macro }) => namedRecord(macro(required(value)), "USER", (tx) => tx.variables.userId),
};
