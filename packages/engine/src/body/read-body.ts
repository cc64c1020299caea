import type { BodyContext } from "./body-processor.ts";
import type { TempFile } from "../host.ts";
import type { Transaction } from "../transaction.ts";
import { addArgument } from "../variables/populate/arguments.ts";

/** Turns the buffered request body into variables (spec: transaction, 6.2). */
export function readRequestBody(tx: Transaction, uploads: TempFile[]): void {
  const v = tx.variables;
  if (!tx.control.requestBodyAccess || tx.requestBody.size === 0) return;
  const forced = v.reqbodyProcessor.value === "" && tx.control.forceRequestBodyVariable;
  if (forced) v.reqbodyProcessor.set("URLENCODED");
  const limitExceeded = v.argsLimitExceeded.value;
  const name = v.reqbodyProcessor.value;
  if (name === "") {
    // Compat: a body of a type that no processor handles is visible all the same (gaps A9).
    v.requestBody.setSource(() => tx.requestBody.text());
    v.requestBodyLength.set(String(tx.requestBody.size));
    return;
  }
  const processor = tx.context.findBodyProcessor(name);
  const error =
    processor === undefined
      ? "invalid body processor"
      : processor.processRequest(
          bodyContext(tx, tx.requestBody, v.requestHeaders.first("content-type") ?? "", uploads),
        );
  // Compat: a body that is only read as a form because ctl says so is often none: an image has a thousand "arguments" too.
  // What was dropped is visible in REQUEST_BODY all the same.
  if (forced) v.argsLimitExceeded.set(limitExceeded);
  if (error === undefined) return;
  v.reqbodyError.set("1");
  v.reqbodyErrorMsg.set(`${name}: ${error}`);
  v.reqbodyProcessorError.set("1");
  v.reqbodyProcessorErrorMsg.set(error);
}

/** Turns the buffered response body into variables (spec: transaction, 6.4). */
export function readResponseBody(tx: Transaction): void {
  const v = tx.variables;
  v.responseContentLength.set(String(tx.responseBody.size));
  const name = v.resBodyProcessor.value;
  if (name === "") {
    v.responseBody.setSource(() => tx.responseBody.text());
    return;
  }
  const processor = tx.context.findBodyProcessor(name);
  const error =
    processor === undefined
      ? "invalid body processor"
      : processor.processResponse?.(
          bodyContext(tx, tx.responseBody, v.responseHeaders.first("content-type") ?? "", []),
        );
  if (error === undefined) return;
  v.resBodyError.set("1");
  v.resBodyErrorMsg.set(`${name}: ${error}`);
  v.resBodyProcessorError.set("1");
  v.resBodyProcessorErrorMsg.set(error);
}

function bodyContext(
  tx: Transaction,
  body: BodyContext["body"],
  contentType: string,
  uploads: TempFile[],
): BodyContext {
  return {
    body,
    variables: tx.variables,
    settings: tx.ruleset.settings,
    host: tx.host,
    contentType,
    addArgument: (name, value) => addArgument(tx.variables.argsPost, tx, name, value),
    uploads,
    parseXmlIntoArgs: tx.control.parseXmlIntoArgs,
  };
}
