import type { BodyContext, BodyProcessorDefinition } from "./body-processor.ts";

/** RAW: the text into REQUEST_BODY, nothing else. */
export const raw: BodyProcessorDefinition = {
  name: "RAW",
  summary: "The text into REQUEST_BODY.",
  processRequest: (context) => {
    exposeBody(context);
    return undefined;
  },
};

/** REQUEST_BODY and its length; the text is only made when a rule asks. */
export function exposeBody({ body, variables }: BodyContext): void {
  variables.requestBody.setSource(() => body.text());
  variables.requestBodyLength.set(String(body.size));
}
