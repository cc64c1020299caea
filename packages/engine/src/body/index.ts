import type { BodyProcessorDefinition } from "./body-processor.ts";
import { json } from "./json.ts";
import { multipart } from "./multipart.ts";
import { raw } from "./raw.ts";
import { urlencoded } from "./urlencoded.ts";
import { xml } from "./xml.ts";

/** Every body processor. */
export const bodyProcessors: readonly BodyProcessorDefinition[] = [urlencoded, multipart, json, xml, raw];
