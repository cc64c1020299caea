import type { BodyProcessorDefinition } from "./body-processor.ts";
import { hasBadEscape, parseForm } from "../variables/populate/form.ts";

/** URLENCODED: form fields into ARGS_POST, the whole text into REQUEST_BODY. */
export const urlencoded: BodyProcessorDefinition = {
  name: "URLENCODED",
  summary: "Form fields into ARGS_POST.",
  processRequest: ({ body, variables, settings, addArgument }) => {
    const text = body.text();
    variables.requestBody.set(text);
    variables.requestBodyLength.set(String(text.length));
    // Compat: a broken escape is flagged (gaps A11).
    if (hasBadEscape(text)) variables.urlencodedError.set("1");
    parseForm(text, settings.argumentSeparator, addArgument);
    const limit = settings.requestBodyNoFilesLimit;
    return limit !== undefined && text.length > limit ? noFilesLimitExceeded(limit) : undefined;
  },
};

/** Error text when SecRequestBodyNoFilesLimit is passed. */
export function noFilesLimitExceeded(limit: number): string {
  return `body without files is longer than SecRequestBodyNoFilesLimit (${limit})`;
}
