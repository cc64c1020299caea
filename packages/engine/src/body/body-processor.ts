import type { ByteString } from "../text/bytes.ts";
import type { Host, TempFile } from "../host.ts";
import type { Variables } from "../variables/variables.ts";
import type { WafSettings } from "../settings.ts";
import type { BodyBuffer } from "./body-buffer.ts";

/** What a processor works with. */
export interface BodyContext {
  readonly body: BodyBuffer;
  readonly variables: Variables;
  readonly settings: Readonly<WafSettings>;
  readonly host: Host;
  /** First Content-Type header value, as received. */
  readonly contentType: ByteString;
  /** Adds to ARGS_POST within SecArgumentsLimit; false when the limit dropped it (the flag is set then). */
  addArgument(name: ByteString, value: ByteString): boolean;
  /** Temporary files of uploads; the transaction deletes or keeps them when it closes. */
  readonly uploads: TempFile[];
  /** Whether XML texts and attributes also become arguments. */
  readonly parseXmlIntoArgs: WafSettings["parseXmlIntoArgs"];
}

/** Turns a buffered body into variables. Never throws on traffic. */
export interface BodyProcessorDefinition {
  /** Upper-case, as REQBODY_PROCESSOR holds it. */
  readonly name: string;
  readonly summary: string;
  /** Returns the error text that REQBODY_ERROR_MSG reports, undefined when all went well. What was read before stays. */
  processRequest(context: BodyContext): string | undefined;
  processResponse?(context: BodyContext): string | undefined;
}
