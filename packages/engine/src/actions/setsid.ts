import type { ActionDefinition } from "../action.ts";
import { required } from "./argument.ts";
import { namedRecord } from "./named-record.ts";

/** `setsid`: names the session and opens its record in SESSION, apart for each SecWebAppId. */
export const setsid: ActionDefinition = {
  name: "setsid",
  summary: "Names the session and opens its record in SESSION.",
  group: "non-disruptive",
  argument: "text, macros allowed",
  example: "setsid:%{REQUEST_COOKIES.id}",
  compile: (value, _draft, { macro }) => namedRecord(macro(required(value)), "SESSION", (tx) => tx.variables.sessionId),
};
