import type { Collection } from "./collections.ts";
import type { Phase } from "../phase.ts";
import type { Variables } from "./variables.ts";

/** What a variable is, for the compiler, the linter and the reference. */
export interface VariableDefinition {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** single: one text; map: name to values; names and concat: views; persistent: outlives the transaction. */
  readonly kind: "single" | "map" | "names" | "concat" | "persistent";
  /** May a key be given? */
  readonly selectable: boolean;
  /** First phase in which it has its value; 0: any. */
  readonly phase: Phase;
  readonly of: (variables: Variables) => Collection;
  readonly summary: string;
}

/** Every variable, in alphabetical order. A variable's index here is its id. Source: spec seclang 5, gaps B. */
// prettier-ignore
export const variableTable: readonly VariableDefinition[] = [
  { name: "ARGS", kind: "concat", selectable: true, phase: 1, of: (v) => v.args, summary: "All request arguments: query string, body, path; reported as ARGS." },
  { name: "ARGS_GET", kind: "map", selectable: true, phase: 1, of: (v) => v.argsGet, summary: "Arguments of the query string." },
  { name: "ARGS_POST", kind: "map", selectable: true, phase: 2, of: (v) => v.argsPost, summary: "Arguments of the body: form fields, multipart fields, JSON leaves." },
  { name: "ARGS_PATH", kind: "map", selectable: true, phase: 1, of: (v) => v.argsPath, summary: "Path parameters, filled by `@restpath`." },
  { name: "ARGS_NAMES", kind: "concat", selectable: true, phase: 1, of: (v) => v.argsNames, summary: "Names of all arguments, one entry per value." },
  { name: "ARGS_GET_NAMES", kind: "names", selectable: true, phase: 1, of: (v) => v.argsGetNames, summary: "Names of query arguments." },
  { name: "ARGS_POST_NAMES", kind: "names", selectable: true, phase: 2, of: (v) => v.argsPostNames, summary: "Names of body arguments." },
  { name: "ARGS_PATH_NAMES", kind: "names", selectable: true, phase: 1, of: (v) => v.argsPathNames, summary: "Names of path parameters." },
  { name: "ARGS_COMBINED_SIZE", kind: "single", selectable: false, phase: 1, of: (v) => v.argsCombinedSize, summary: "Bytes of all names and values of ARGS_GET and ARGS_POST." },
  { name: "ARGS_LIMIT_EXCEEDED", kind: "single", selectable: false, phase: 1, of: (v) => v.argsLimitExceeded, summary: "1 when SecArgumentsLimit dropped an argument." },
  { name: "AUTH_TYPE", kind: "single", selectable: false, phase: 1, of: (v) => v.authType, summary: "Scheme of the Authorization header, lower-case." },
  { name: "DURATION", kind: "single", selectable: false, phase: 1, of: (v) => v.duration, summary: "Microseconds since the transaction began." },
  { name: "ENV", kind: "map", selectable: true, phase: 0, of: (v) => v.env, summary: "Variables set by `setenv` in this transaction." },
  { name: "FILES", kind: "map", selectable: true, phase: 2, of: (v) => v.files, summary: "Client file names of uploads; the key is the form field's name." },
  { name: "FILES_COMBINED_SIZE", kind: "single", selectable: false, phase: 2, of: (v) => v.filesCombinedSize, summary: "Bytes of all uploaded files." },
  { name: "FILES_NAMES", kind: "map", selectable: true, phase: 2, of: (v) => v.filesNames, summary: "Form field names of uploads." },
  { name: "FILES_SIZES", kind: "map", selectable: true, phase: 2, of: (v) => v.filesSizes, summary: "Sizes of uploads; the key is the form field's name." },
  { name: "FILES_TMPNAMES", kind: "map", selectable: true, phase: 2, of: (v) => v.filesTmpNames, summary: "Paths of temporary upload files." },
  { name: "FILES_TMP_CONTENT", kind: "map", selectable: true, phase: 2, of: (v) => v.filesTmpContent, summary: "Content of uploads, by form field." },
  { name: "FULL_REQUEST", kind: "single", selectable: false, phase: 1, of: (v) => v.fullRequest, summary: "Request line, headers and body as text." },
  { name: "FULL_REQUEST_LENGTH", kind: "single", selectable: false, phase: 1, of: (v) => v.fullRequestLength, summary: "Bytes of FULL_REQUEST." },
  { name: "GEO", kind: "map", selectable: true, phase: 0, of: (v) => v.geo, summary: "Filled by `@geoLookup`." },
  { name: "GLOBAL", kind: "persistent", selectable: true, phase: 0, of: (v) => v.global, summary: "Persistent collection, after `initcol:global=...`." },
  { name: "HIGHEST_SEVERITY", kind: "single", selectable: false, phase: 0, of: (v) => v.highestSeverity, summary: "Smallest severity number of the rules matched so far." },
  { name: "INBOUND_DATA_ERROR", kind: "single", selectable: false, phase: 2, of: (v) => v.inboundDataError, summary: "1 when the request body passed its limit." },
  { name: "IP", kind: "persistent", selectable: true, phase: 0, of: (v) => v.ip, summary: "Persistent collection, after `initcol:ip=...`." },
  { name: "JSON", kind: "map", selectable: true, phase: 2, of: (v) => v.json, summary: "Yields nothing; JSON leaves are in ARGS." },
  { name: "MATCHED_VAR", kind: "single", selectable: false, phase: 0, of: (v) => v.matchedVar, summary: "Value of the last match, after transformations." },
  { name: "MATCHED_VAR_NAME", kind: "single", selectable: false, phase: 0, of: (v) => v.matchedVarName, summary: "`NAME:key` of the last match." },
  { name: "MATCHED_VARS", kind: "map", selectable: true, phase: 0, of: (v) => v.matchedVars, summary: "All values matched in the rule or chain being evaluated." },
  { name: "MATCHED_VARS_NAMES", kind: "names", selectable: true, phase: 0, of: (v) => v.matchedVarsNames, summary: "Names of MATCHED_VARS." },
  { name: "MODSEC_BUILD", kind: "single", selectable: false, phase: 1, of: (v) => v.modsecBuild, summary: "Version of the engine as a number, nine digits." },
  { name: "MULTIPART_BOUNDARY_QUOTED", kind: "single", selectable: false, phase: 2, of: (v) => v.multipartBoundaryQuoted, summary: "1 when the boundary parameter was quoted." },
  { name: "MULTIPART_BOUNDARY_WHITESPACE", kind: "single", selectable: false, phase: 2, of: (v) => v.multipartBoundaryWhitespace, summary: "1 when there was white space in the boundary parameter." },
  { name: "MULTIPART_CRLF_LF_LINES", kind: "single", selectable: false, phase: 2, of: (v) => v.multipartCrlfLfLines, summary: "1 when CRLF and LF line ends were mixed." },
  { name: "MULTIPART_DATA_AFTER", kind: "single", selectable: false, phase: 2, of: (v) => v.multipartDataAfter, summary: "1 when data followed the final boundary." },
  { name: "MULTIPART_DATA_BEFORE", kind: "single", selectable: false, phase: 2, of: (v) => v.multipartDataBefore, summary: "1 when data preceded the first boundary." },
  { name: "MULTIPART_FILE_LIMIT_EXCEEDED", kind: "single", selectable: false, phase: 2, of: (v) => v.multipartFileLimitExceeded, summary: "1 when there were more files than SecUploadFileLimit." },
  { name: "MULTIPART_FILENAME", kind: "map", selectable: true, phase: 2, of: (v) => v.multipartFilename, summary: "File names of parts, by field." },
  { name: "MULTIPART_HEADER_FOLDING", kind: "single", selectable: false, phase: 2, of: (v) => v.multipartHeaderFolding, summary: "1 when a part header was folded." },
  { name: "MULTIPART_INVALID_HEADER_FOLDING", kind: "single", selectable: false, phase: 2, of: (v) => v.multipartInvalidHeaderFolding, summary: "1 when a folded part header was malformed." },
  { name: "MULTIPART_INVALID_PART", kind: "single", selectable: false, phase: 2, of: (v) => v.multipartInvalidPart, summary: "1 when a part had no usable header." },
  { name: "MULTIPART_INVALID_QUOTING", kind: "single", selectable: false, phase: 2, of: (v) => v.multipartInvalidQuoting, summary: "1 when a part header was quoted wrongly." },
  { name: "MULTIPART_LF_LINE", kind: "single", selectable: false, phase: 2, of: (v) => v.multipartLfLine, summary: "1 when a line ended in LF alone." },
  { name: "MULTIPART_MISSING_SEMICOLON", kind: "single", selectable: false, phase: 2, of: (v) => v.multipartMissingSemicolon, summary: "1 when a semicolon was missing in the Content-Type." },
  { name: "MULTIPART_NAME", kind: "map", selectable: true, phase: 2, of: (v) => v.multipartName, summary: "Field names of parts." },
  { name: "MULTIPART_PART_HEADERS", kind: "map", selectable: true, phase: 2, of: (v) => v.multipartPartHeaders, summary: "`Name: value` of every part header, by field." },
  { name: "MULTIPART_STRICT_ERROR", kind: "single", selectable: false, phase: 2, of: (v) => v.multipartStrictError, summary: "1 when any multipart anomaly was found." },
  { name: "MULTIPART_UNMATCHED_BOUNDARY", kind: "single", selectable: false, phase: 2, of: (v) => v.multipartUnmatchedBoundary, summary: "1 when a line looks like a boundary and is none; 2 when the body is faultless otherwise." },
  { name: "OUTBOUND_DATA_ERROR", kind: "single", selectable: false, phase: 4, of: (v) => v.outboundDataError, summary: "1 when the response body passed its limit." },
  { name: "PATH_INFO", kind: "single", selectable: false, phase: 1, of: (v) => v.pathInfo, summary: "Path after a script name with an extension, e.g. `/a/b` of `/x.php/a/b`." },
  { name: "QUERY_STRING", kind: "single", selectable: false, phase: 1, of: (v) => v.queryString, summary: "Raw text after the first `?`." },
  { name: "REMOTE_ADDR", kind: "single", selectable: false, phase: 1, of: (v) => v.remoteAddr, summary: "Address of the client." },
  { name: "REMOTE_HOST", kind: "single", selectable: false, phase: 1, of: (v) => v.remoteHost, summary: "Host name of the client if the host set it, else its address." },
  { name: "REMOTE_PORT", kind: "single", selectable: false, phase: 1, of: (v) => v.remotePort, summary: "Port of the client." },
  { name: "REMOTE_USER", kind: "single", selectable: false, phase: 1, of: (v) => v.remoteUser, summary: "User name of HTTP Basic authentication." },
  { name: "REQBODY_ERROR", kind: "single", selectable: false, phase: 2, of: (v) => v.reqbodyError, summary: "1 when the request body could not be processed." },
  { name: "REQBODY_ERROR_MSG", kind: "single", selectable: false, phase: 2, of: (v) => v.reqbodyErrorMsg, summary: "`<PROCESSOR>: <error>`." },
  { name: "REQBODY_PROCESSOR", kind: "single", selectable: false, phase: 1, of: (v) => v.reqbodyProcessor, summary: "Name of the request body processor, upper-case." },
  { name: "REQBODY_PROCESSOR_ERROR", kind: "single", selectable: false, phase: 2, of: (v) => v.reqbodyProcessorError, summary: "1 when the processor failed." },
  { name: "REQBODY_PROCESSOR_ERROR_MSG", kind: "single", selectable: false, phase: 2, of: (v) => v.reqbodyProcessorErrorMsg, summary: "Error text of the processor." },
  { name: "REQUEST_BASENAME", kind: "single", selectable: false, phase: 1, of: (v) => v.requestBasename, summary: "Last part of REQUEST_FILENAME." },
  { name: "REQUEST_BODY", kind: "single", selectable: false, phase: 2, of: (v) => v.requestBody, summary: "Raw body for form, RAW and unknown types." },
  { name: "REQUEST_BODY_LENGTH", kind: "single", selectable: false, phase: 2, of: (v) => v.requestBodyLength, summary: "Bytes of the request body." },
  { name: "REQUEST_CONTENT_TYPE", kind: "single", selectable: false, phase: 1, of: (v) => v.requestContentType, summary: "Value of the Content-Type request header." },
  { name: "REQUEST_COOKIES", kind: "map", selectable: true, phase: 1, of: (v) => v.requestCookies, summary: "Cookies, not decoded." },
  { name: "REQUEST_COOKIES_NAMES", kind: "names", selectable: true, phase: 1, of: (v) => v.requestCookiesNames, summary: "Names of cookies." },
  { name: "REQUEST_FILENAME", kind: "single", selectable: false, phase: 1, of: (v) => v.requestFilename, summary: "Path of the URI, percent-decoded once." },
  { name: "REQUEST_HEADERS", kind: "map", selectable: true, phase: 1, of: (v) => v.requestHeaders, summary: "Request headers." },
  { name: "REQUEST_HEADERS_NAMES", kind: "names", selectable: true, phase: 1, of: (v) => v.requestHeadersNames, summary: "Names of request headers as received." },
  { name: "REQUEST_LINE", kind: "single", selectable: false, phase: 1, of: (v) => v.requestLine, summary: "Method, URI and protocol as received." },
  { name: "REQUEST_METHOD", kind: "single", selectable: false, phase: 1, of: (v) => v.requestMethod, summary: "Method." },
  { name: "REQUEST_PROTOCOL", kind: "single", selectable: false, phase: 1, of: (v) => v.requestProtocol, summary: "Protocol, e.g. `HTTP/1.1`." },
  { name: "REQUEST_URI", kind: "single", selectable: false, phase: 1, of: (v) => v.requestUri, summary: "URI without fragment." },
  { name: "REQUEST_URI_RAW", kind: "single", selectable: false, phase: 1, of: (v) => v.requestUriRaw, summary: "URI exactly as received." },
  { name: "RESOURCE", kind: "persistent", selectable: true, phase: 0, of: (v) => v.resource, summary: "Persistent collection, after `initcol:resource=...` or `setrsc`." },
  { name: "RES_BODY_ERROR", kind: "single", selectable: false, phase: 4, of: (v) => v.resBodyError, summary: "1 when the response body could not be processed." },
  { name: "RES_BODY_ERROR_MSG", kind: "single", selectable: false, phase: 4, of: (v) => v.resBodyErrorMsg, summary: "`<PROCESSOR>: <error>`." },
  { name: "RES_BODY_PROCESSOR", kind: "single", selectable: false, phase: 3, of: (v) => v.resBodyProcessor, summary: "Name of the response body processor." },
  { name: "RES_BODY_PROCESSOR_ERROR", kind: "single", selectable: false, phase: 4, of: (v) => v.resBodyProcessorError, summary: "1 when the processor failed." },
  { name: "RES_BODY_PROCESSOR_ERROR_MSG", kind: "single", selectable: false, phase: 4, of: (v) => v.resBodyProcessorErrorMsg, summary: "Error text of the processor." },
  { name: "RESPONSE_ARGS", kind: "map", selectable: true, phase: 4, of: (v) => v.responseArgs, summary: "JSON leaves of the response." },
  { name: "RESPONSE_BODY", kind: "single", selectable: false, phase: 4, of: (v) => v.responseBody, summary: "Response body." },
  { name: "RESPONSE_CONTENT_LENGTH", kind: "single", selectable: false, phase: 4, of: (v) => v.responseContentLength, summary: "Bytes of the buffered response body." },
  { name: "RESPONSE_CONTENT_TYPE", kind: "single", selectable: false, phase: 3, of: (v) => v.responseContentType, summary: "Content-Type of the response up to the first `;`." },
  { name: "RESPONSE_HEADERS", kind: "map", selectable: true, phase: 3, of: (v) => v.responseHeaders, summary: "Response headers." },
  { name: "RESPONSE_HEADERS_NAMES", kind: "names", selectable: true, phase: 3, of: (v) => v.responseHeadersNames, summary: "Names of response headers." },
  { name: "RESPONSE_PROTOCOL", kind: "single", selectable: false, phase: 3, of: (v) => v.responseProtocol, summary: "Protocol of the response." },
  { name: "RESPONSE_STATUS", aliases: ["STATUS"], kind: "single", selectable: false, phase: 3, of: (v) => v.responseStatus, summary: "Status of the response." },
  { name: "RESPONSE_XML", kind: "map", selectable: true, phase: 4, of: (v) => v.responseXml, summary: "Text and attributes of an XML response." },
  { name: "RULE", kind: "map", selectable: true, phase: 0, of: (v) => v.rule, summary: "`id`, `rev`, `severity`, `msg`, `logdata` of the rule being evaluated." },
  { name: "SERVER_ADDR", kind: "single", selectable: false, phase: 1, of: (v) => v.serverAddr, summary: "Address of the server." },
  { name: "SERVER_NAME", kind: "single", selectable: false, phase: 1, of: (v) => v.serverName, summary: "Name of the server from the Host header." },
  { name: "SERVER_PORT", kind: "single", selectable: false, phase: 1, of: (v) => v.serverPort, summary: "Port of the server." },
  { name: "SESSION", kind: "persistent", selectable: true, phase: 0, of: (v) => v.session, summary: "Persistent collection, after `setsid`." },
  { name: "SESSIONID", kind: "single", selectable: false, phase: 0, of: (v) => v.sessionId, summary: "Value given to `setsid`." },
  { name: "STATUS_LINE", kind: "single", selectable: false, phase: 3, of: (v) => v.statusLine, summary: "Protocol and status of the response." },
  { name: "TIME", kind: "single", selectable: false, phase: 1, of: (v) => v.time, summary: "Local time of the start, `HH:MM:SS`." },
  { name: "TIME_DAY", kind: "single", selectable: false, phase: 1, of: (v) => v.timeDay, summary: "Day of the month, 1-31." },
  { name: "TIME_EPOCH", kind: "single", selectable: false, phase: 1, of: (v) => v.timeEpoch, summary: "Seconds since 1970." },
  { name: "TIME_HOUR", kind: "single", selectable: false, phase: 1, of: (v) => v.timeHour, summary: "Hour, two digits." },
  { name: "TIME_MIN", kind: "single", selectable: false, phase: 1, of: (v) => v.timeMin, summary: "Minute, two digits." },
  { name: "TIME_MON", kind: "single", selectable: false, phase: 1, of: (v) => v.timeMon, summary: "Month, 1-12." },
  { name: "TIME_SEC", kind: "single", selectable: false, phase: 1, of: (v) => v.timeSec, summary: "Second, two digits." },
  { name: "TIME_WDAY", kind: "single", selectable: false, phase: 1, of: (v) => v.timeWday, summary: "Day of the week, 0 is Sunday." },
  { name: "TIME_YEAR", kind: "single", selectable: false, phase: 1, of: (v) => v.timeYear, summary: "Year, four digits." },
  { name: "TX", kind: "map", selectable: true, phase: 0, of: (v) => v.tx, summary: "Variables of the transaction, set by `setvar` and captures." },
  { name: "UNIQUE_ID", kind: "single", selectable: false, phase: 1, of: (v) => v.uniqueId, summary: "Id of the transaction." },
  { name: "URLENCODED_ERROR", kind: "single", selectable: false, phase: 1, of: (v) => v.urlencodedError, summary: "1 when the URI, the query or a form body held a bad escape." },
  { name: "USER", kind: "persistent", selectable: true, phase: 0, of: (v) => v.user, summary: "Persistent collection, after `setuid`." },
  { name: "USERAGENT_IP", kind: "single", selectable: false, phase: 1, of: (v) => v.userAgentIp, summary: "Address of the client, after trusted proxies." },
  { name: "USERID", kind: "single", selectable: false, phase: 0, of: (v) => v.userId, summary: "Value given to `setuid`." },
  { name: "WEBAPPID", kind: "single", selectable: false, phase: 1, of: (v) => v.webAppId, summary: "Value of SecWebAppId." },
  { name: "XML", aliases: ["REQUEST_XML"], kind: "map", selectable: true, phase: 2, of: (v) => v.xml, summary: "Texts (`/*`), attribute values (`//@*`) and XPath subset of an XML request; reported as REQUEST_XML." },
];

const byName = new Map<string, number>();
for (let id = 0; id < variableTable.length; id++) {
  byName.set(variableTable[id]!.name, id);
  for (const alias of variableTable[id]!.aliases ?? []) byName.set(alias, id);
}

/** Id of a variable by its name in any case, undefined when there is none. */
export function variableId(name: string): number | undefined {
  return byName.get(name.toUpperCase());
}
