import type { BodyContext } from "./body-processor.ts";

/** Error text when a body, its uploaded files aside, is longer than SecRequestBodyNoFilesLimit (gaps B). */
export function noFilesLimitError({ settings, body }: BodyContext, fileBytes = 0): string | undefined {
  const limit = settings.requestBodyNoFilesLimit;
  if (limit === undefined || body.size - fileBytes <= limit) return undefined;
  return `the body without files is longer than SecRequestBodyNoFilesLimit (${limit})`;
}
