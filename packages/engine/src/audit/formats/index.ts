import type { AuditFormatDefinition } from "./format.ts";
import { jsonLegacy } from "./json-legacy.ts";
import { json } from "./json.ts";
import { native } from "./native.ts";
import { ocsf } from "./ocsf.ts";

export type { AuditFormatDefinition } from "./format.ts";

/** Every audit format. */
export const auditFormats: readonly AuditFormatDefinition[] = [native, json, jsonLegacy, ocsf];
