import type { BodyProcessorDefinition } from "./body-processor.ts";
import type { Variables } from "../variables/variables.ts";
import { scanJson } from "./json-scanner.ts";
import { noFilesLimitExceeded } from "./urlencoded.ts";

const RESPONSE_DEPTH_LIMIT = 1024;

/**
 * JSON: leaves into ARGS_POST under names such as `json.a.0` (spec: transaction, 6.3). What could be read before a fault
 * is kept; duplicate keys, also ones that differ in case, are all kept (gaps A7).
 */
export const json: BodyProcessorDefinition = {
  name: "JSON",
  summary: "Leaves into ARGS_POST as json.key.index; a response's into RESPONSE_ARGS.",
  processRequest: ({ body, variables, settings, addArgument }) => {
    const text = body.text();
    const error = scanJson(text, settings.requestBodyJsonDepthLimit, (name, value) => void addArgument(name, value));
    if (error !== undefined) return error;
    storeRaw(variables, "json_request_body", text);
    const limit = settings.requestBodyNoFilesLimit;
    return limit !== undefined && text.length > limit ? noFilesLimitExceeded(limit) : undefined;
  },
  processResponse: ({ body, variables }) => {
    const text = body.text();
    const error = scanJson(text, RESPONSE_DEPTH_LIMIT, (name, value) => variables.responseArgs.add(name, value));
    if (error === undefined) storeRaw(variables, "json_response_body", text);
    return error;
  },
};

/** The raw text, for @validateSchema. */
function storeRaw(variables: Variables, name: string, text: string): void {
  variables.tx.set(name, text);
}
