import type { BodyProcessorDefinition } from "./body-processor.ts";
import { scanJson } from "./json-scanner.ts";
import { noFilesLimitError } from "./no-files-limit.ts";
import { exposeBody } from "./raw.ts";

/** Levels of a response; there is no directive for them. */
const RESPONSE_DEPTH_LIMIT = 1024;

/**
 * JSON: leaves into ARGS_POST under names such as `json.a.0` (spec: transaction, 6.3), the raw text into
 * TX:json_request_body for `@validateSchema`. What could be read of a broken document is kept.
 *
 * Compat: where reading stopped before the end, the whole shows as REQUEST_BODY too (decision 2: it is empty when JSON
 * parsed the body).
 */
export const json: BodyProcessorDefinition = {
  name: "JSON",
  summary: "Leaves into ARGS_POST as json.key.index; a response's into RESPONSE_ARGS.",
  processRequest: (context) => {
    const { body, variables, settings } = context;
    const text = body.text();
    const { error, end } = scanJson(text, settings.requestBodyJsonDepthLimit, (name, value) => {
      context.addArgument(name, value);
    });
    if (end < text.length) exposeBody(context);
    if (error !== undefined) return error;
    variables.tx.set("json_request_body", text);
    return noFilesLimitError(context);
  },
  processResponse: ({ body, variables }) => {
    const text = body.text();
    const { error } = scanJson(text, RESPONSE_DEPTH_LIMIT, (name, value) => variables.responseArgs.add(name, value));
    if (error === undefined) variables.tx.set("json_response_body", text);
    return error;
  },
};
