import type { ByteString } from "../text/bytes.ts";
import type { OperatorCompileContext, OperatorDefinition } from "../operator.ts";
import type { SchemaValidator } from "../host.ts";
import type { TransactionState } from "../transaction-state.ts";
import { OperatorArgumentError } from "../operator.ts";
import { decodeValidUtf8 } from "../text/utf8-validate.ts";
import { readNamedFile } from "./shared/data-file.ts";

/**
 * `@validateSchema`: the JSON document violates a JSON schema, or is no JSON. The document is the body that the JSON
 * processor kept (TX:json_response_body from phase 4 on, TX:json_request_body from phase 2 on), else the value itself;
 * an empty one passes (spec: seclang, 6.2).
 *
 * Compat: bytes that are no UTF-8 and nesting past SecRequestBodyJsonDepthLimit are violations. The schema is also found
 * beside the configuration file.
 */
export const validateSchema: OperatorDefinition = {
  name: "validateSchema",
  summary: "True when the JSON body, or the value, is not valid under a JSON schema.",
  argument: "path of a .json file with the schema",
  examples: [
    { title: "valid", argument: "person.json", input: '{"name":"Ann"}', matches: false },
    { title: "violation", argument: "person.json", input: '{"age":3}', matches: true },
    { title: "not JSON", argument: "person.json", input: "{name:1}", matches: true },
    { title: "nothing", argument: "person.json", input: "", matches: false },
  ],
  compile(argument, context) {
    const validate = compileSchema(argument, context);
    const depthLimit = context.settings.requestBodyJsonDepthLimit;
    return {
      match(value, tx) {
        const document = documentOf(value, tx);
        return document !== "" && !isValid(document, validate, depthLimit);
      },
    };
  },
};

function compileSchema(path: ByteString, context: OperatorCompileContext): SchemaValidator {
  const { schemaCompiler } = context.host;
  if (schemaCompiler === undefined) throw new OperatorArgumentError("this host cannot compile JSON schemas");
  if (!/\.json$/i.test(path)) {
    throw new OperatorArgumentError("the argument is not the path of a .json file", {
      hint: "XML schemas are not supported",
    });
  }
  const source = readNamedFile(path, context);
  try {
    return schemaCompiler.compile(JSON.parse(decodeValidUtf8(source) ?? source));
  } catch (error) {
    throw new OperatorArgumentError(`"${path}" is not a usable JSON schema: ${String(error)}`);
  }
}

function documentOf(value: ByteString, tx: TransactionState): ByteString {
  const saved = tx.variables.tx;
  const response = tx.phase >= 4 ? saved.first("json_response_body") : undefined;
  if (response) return response;
  return (tx.phase >= 2 ? saved.first("json_request_body") : undefined) || value;
}

function isValid(document: ByteString, validate: SchemaValidator, depthLimit: number): boolean {
  const text = decodeValidUtf8(document);
  if (text === undefined || nestsDeeperThan(text, depthLimit)) return false;
  try {
    return validate(JSON.parse(text));
  } catch {
    return false;
  }
}

/** Counts brackets outside strings, so that neither parser nor validator meets a nesting bomb. */
function nestsDeeperThan(text: string, limit: number): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22) quoted = !quoted;
    else if (quoted) at += unit === 0x5c ? 1 : 0;
    else if (unit === 0x7b || unit === 0x5b) {
      if (++depth > limit) return true;
    } else if (unit === 0x7d || unit === 0x5d) depth--;
  }
  return false;
}
