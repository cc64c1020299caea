import type { Pattern } from "@cuirass/regex";
import type { ByteString } from "./text/bytes.ts";

/** Value of SecRuleEngine. */
export type RuleEngineMode = "On" | "Off" | "DetectionOnly";
/** Value of SecAuditEngine. */
export type AuditEngineMode = "On" | "Off" | "RelevantOnly";
/** Value of the body limit actions. */
export type LimitAction = "Reject" | "ProcessPartial";

/**
 * What the scalar directives set. The last value wins and positions do not matter (spec: seclang, 2).
 * A transaction copies the few that ctl may change into its `TransactionControl`; the rest is read from here.
 */
export interface WafSettings {
  ruleEngine: RuleEngineMode;
  argumentsLimit: number;
  argumentSeparator: ByteString;
  cookieFormat: 0 | 1;
  cookieV0Separator: ByteString;

  requestBodyAccess: boolean;
  requestBodyLimit: number;
  /** Undefined: same as requestBodyLimit, so bodies stay in memory. */
  requestBodyInMemoryLimit: number | undefined;
  /** Undefined: no limit of its own. Bytes of the body without uploaded files. */
  requestBodyNoFilesLimit: number | undefined;
  requestBodyLimitAction: LimitAction;
  requestBodyJsonDepthLimit: number;

  responseBodyAccess: boolean;
  responseBodyLimit: number;
  responseBodyLimitAction: LimitAction;
  /** Lower-case media types. */
  responseBodyMimeTypes: string[];

  uploadDirectory: string;
  uploadKeepFiles: "On" | "Off" | "RelevantOnly";
  uploadFileMode: number;
  /** Undefined: no limit. */
  uploadFileLimit: number | undefined;

  auditEngine: AuditEngineMode;
  auditLog: string;
  auditLogFormat: string;
  auditLogParts: string;
  auditLogType: string;
  auditLogRelevantStatus: Pattern | undefined;
  auditLogStorageDirectory: string;
  auditLogDirectoryMode: number;
  auditLogFileMode: number;

  debugLog: string;
  debugLogLevel: number;

  componentSignatures: string[];
  sensorId: string;
  serverSignature: string;
  webAppId: string;
  dataDirectory: string;
  /** Seconds a persistent record lives without being touched. */
  collectionTimeout: number;
  geoLookupDatabase: string;
  httpBlKey: string;
  /** Code point to byte map of t:urlDecodeUni (SecUnicodeMap / SecUnicodeMapFile); undefined: code page 20127. */
  unicodeMap: ReadonlyMap<number, number> | undefined;
  /** SecXmlExternalEntity is refused when On; kept for the report. XML arguments into ARGS (`SecParseXmlIntoArgs`). */
  parseXmlIntoArgs: "Off" | "On" | "OnlyArgs";
  ruleInheritance: boolean;
}

/** Values in a WAF without directives (spec: seclang, 2). */
export function defaultSettings(): WafSettings {
  return {
    ruleEngine: "On",
    argumentsLimit: 1000,
    argumentSeparator: "&",
    cookieFormat: 0,
    cookieV0Separator: ";",
    requestBodyAccess: false,
    requestBodyLimit: 134_217_728,
    requestBodyInMemoryLimit: undefined,
    requestBodyNoFilesLimit: undefined,
    requestBodyLimitAction: "Reject",
    requestBodyJsonDepthLimit: 1024,
    responseBodyAccess: false,
    responseBodyLimit: 524_288,
    responseBodyLimitAction: "ProcessPartial",
    responseBodyMimeTypes: [],
    uploadDirectory: "",
    uploadKeepFiles: "Off",
    uploadFileMode: 0o600,
    uploadFileLimit: undefined,
    auditEngine: "On",
    auditLog: "",
    auditLogFormat: "native",
    auditLogParts: "ABCFHZ",
    auditLogType: "serial",
    auditLogRelevantStatus: undefined,
    auditLogStorageDirectory: "",
    auditLogDirectoryMode: 0o755,
    auditLogFileMode: 0o644,
    debugLog: "",
    debugLogLevel: 0,
    componentSignatures: [],
    sensorId: "",
    serverSignature: "",
    webAppId: "default",
    dataDirectory: "",
    collectionTimeout: 3600,
    geoLookupDatabase: "",
    httpBlKey: "",
    unicodeMap: undefined,
    parseXmlIntoArgs: "Off",
    ruleInheritance: true,
  };
}
