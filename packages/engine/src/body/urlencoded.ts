import type { BodyProcessorDefinition } from "./body-processor.ts";
import { hasBadEscape } from "../text/percent-decode.ts";
import { parseForm } from "../variables/populate/form.ts";
import { noFilesLimitError } from "./no-files-limit.ts";
import { exposeBody } from "./raw.ts";

/**
 * URLENCODED: form fields into ARGS_POST, the whole text into REQUEST_BODY.
 *
 * Compat: a broken escape raises URLENCODED_ERROR (gaps A11); SecArgumentSeparator is heeded (gaps B).
 */
export const urlencoded: BodyProcessorDefinition = {
  name: "URLENCODED",
  summary: "Form fields into ARGS_POST.",
  processRequest: (context) => {
    const { body, variables, settings } = context;
    const text = body.text();
    exposeBody(context);
    if (hasBadEscape(text)) variables.urlencodedError.set("1");
    parseForm(text, settings.argumentSeparator, (name, value) => context.addArgument(name, value));
    return noFilesLimitError(context);
  },
};
