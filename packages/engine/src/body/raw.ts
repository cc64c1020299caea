import type { BodyProcessorDefinition } from "./body-processor.ts";

/** RAW: the text into REQUEST_BODY, nothing else. */
export const raw: BodyProcessorDefinition = {
  name: "RAW",
  summary: "The text into REQUEST_BODY.",
  processRequest: ({ body, variables }) => {
    variables.requestBody.setSource(() => body.text());
    variables.requestBodyLength.set(String(body.size));
    return undefined;
  },
};
