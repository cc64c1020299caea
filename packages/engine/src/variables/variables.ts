import * as computed from "./computed.ts";
import type { TransactionOrigin } from "./computed.ts";
import type { Presence } from "./collections.ts";
import { Concat, Keyed, Names, Single } from "./collections.ts";
import { Computed, Late } from "./computed-collections.ts";
import { Matched, MatchedVars } from "./matched.ts";
import { Persistent } from "./persistent.ts";
import { TxVariables } from "./tx-variables.ts";
import { UploadNames } from "./upload-names.ts";
import { XmlVariable } from "./xml-variable.ts";

/** The values of one transaction, a field per variable. What each holds is in `variable-table.ts`. */
export class Variables {
  readonly argsGet: Keyed = new Keyed("ARGS_GET");
  readonly argsPost: Keyed = new Keyed("ARGS_POST");
  readonly argsPath: Keyed = new Keyed("ARGS_PATH");
  readonly argsLimitExceeded: Single = new Single("ARGS_LIMIT_EXCEEDED", "0");
  readonly env: Keyed = new Keyed("ENV");
  readonly files: Keyed = new Keyed("FILES");
  readonly filesCombinedSize: Single = new Single("FILES_COMBINED_SIZE", "0");
  readonly filesNames: Keyed = new Keyed("FILES_NAMES");
  readonly filesSizes: Keyed = new Keyed("FILES_SIZES");
  readonly filesTmpNames: UploadNames = new UploadNames("FILES_TMPNAMES");
  readonly filesTmpContent: Keyed = new Keyed("FILES_TMP_CONTENT");
  readonly geo: Keyed = new Keyed("GEO");
  readonly global: Persistent = new Persistent("GLOBAL");
  readonly highestSeverity: Single = new Single("HIGHEST_SEVERITY", "255");
  readonly inboundDataError: Single = new Single("INBOUND_DATA_ERROR", "0");
  readonly ip: Persistent = new Persistent("IP");
  readonly json: Keyed = new Keyed("JSON");
  readonly matched: Matched = new Matched();
  readonly matchedVars: MatchedVars = new MatchedVars(this.matched);
  readonly modsecBuild: Single = new Single("MODSEC_BUILD", computed.BUILD_NUMBER);
  readonly multipartBoundaryQuoted: Single = new Single("MULTIPART_BOUNDARY_QUOTED", "0");
  readonly multipartBoundaryWhitespace: Single = new Single("MULTIPART_BOUNDARY_WHITESPACE", "0");
  readonly multipartCrlfLfLines: Single = new Single("MULTIPART_CRLF_LF_LINES", "0");
  readonly multipartDataAfter: Single = new Single("MULTIPART_DATA_AFTER", "0");
  readonly multipartDataBefore: Single = new Single("MULTIPART_DATA_BEFORE", "0");
  readonly multipartFileLimitExceeded: Single = new Single("MULTIPART_FILE_LIMIT_EXCEEDED", "0");
  readonly multipartFilename: Keyed = new Keyed("MULTIPART_FILENAME");
  readonly multipartHeaderFolding: Single = new Single("MULTIPART_HEADER_FOLDING", "0");
  readonly multipartInvalidHeaderFolding: Single = new Single("MULTIPART_INVALID_HEADER_FOLDING", "0");
  readonly multipartInvalidPart: Single = new Single("MULTIPART_INVALID_PART", "0");
  readonly multipartInvalidQuoting: Single = new Single("MULTIPART_INVALID_QUOTING", "0");
  readonly multipartLfLine: Single = new Single("MULTIPART_LF_LINE", "0");
  readonly multipartMissingSemicolon: Single = new Single("MULTIPART_MISSING_SEMICOLON", "0");
  readonly multipartName: Keyed = new Keyed("MULTIPART_NAME");
  readonly multipartPartHeaders: Keyed = new Keyed("MULTIPART_PART_HEADERS");
  readonly multipartStrictError: Single = new Single("MULTIPART_STRICT_ERROR", "0");
  readonly multipartUnmatchedBoundary: Single = new Single("MULTIPART_UNMATCHED_BOUNDARY", "0");
  readonly outboundDataError: Single = new Single("OUTBOUND_DATA_ERROR", "0");
  readonly queryString: Single = new Single("QUERY_STRING");
  readonly remoteAddr: Single = new Single("REMOTE_ADDR");
  readonly remotePort: Single = new Single("REMOTE_PORT");
  readonly reqbodyError: Single = new Single("REQBODY_ERROR", "0");
  readonly reqbodyErrorMsg: Single = new Single("REQBODY_ERROR_MSG");
  readonly reqbodyProcessor: Single = new Single("REQBODY_PROCESSOR");
  readonly reqbodyProcessorError: Single = new Single("REQBODY_PROCESSOR_ERROR", "0");
  readonly reqbodyProcessorErrorMsg: Single = new Single("REQBODY_PROCESSOR_ERROR_MSG");
  readonly requestBasename: Single = new Single("REQUEST_BASENAME");
  readonly requestBodyLength: Single = new Single("REQUEST_BODY_LENGTH", "0");
  readonly requestCookies: Keyed = new Keyed("REQUEST_COOKIES");
  readonly requestFilename: Single = new Single("REQUEST_FILENAME");
  readonly requestHeaders: Keyed = new Keyed("REQUEST_HEADERS");
  readonly requestLine: Single = new Single("REQUEST_LINE");
  readonly requestMethod: Single = new Single("REQUEST_METHOD");
  readonly requestProtocol: Single = new Single("REQUEST_PROTOCOL");
  readonly requestUri: Single = new Single("REQUEST_URI");
  readonly requestUriRaw: Single = new Single("REQUEST_URI_RAW");
  readonly resource: Persistent = new Persistent("RESOURCE");
  readonly resBodyError: Single = new Single("RES_BODY_ERROR", "0");
  readonly resBodyErrorMsg: Single = new Single("RES_BODY_ERROR_MSG");
  readonly resBodyProcessor: Single = new Single("RES_BODY_PROCESSOR");
  readonly resBodyProcessorError: Single = new Single("RES_BODY_PROCESSOR_ERROR", "0");
  readonly resBodyProcessorErrorMsg: Single = new Single("RES_BODY_PROCESSOR_ERROR_MSG");
  readonly responseArgs: Keyed = new Keyed("RESPONSE_ARGS");
  readonly responseContentLength: Single = new Single("RESPONSE_CONTENT_LENGTH");
  readonly responseContentType: Single = new Single("RESPONSE_CONTENT_TYPE");
  readonly responseHeaders: Keyed = new Keyed("RESPONSE_HEADERS");
  readonly responseProtocol: Single = new Single("RESPONSE_PROTOCOL");
  readonly responseStatus: Single = new Single("RESPONSE_STATUS");
  readonly responseXml: Keyed = new Keyed("RESPONSE_XML");
  readonly rule: Keyed = new Keyed("RULE");
  readonly serverAddr: Single = new Single("SERVER_ADDR");
  readonly serverName: Single = new Single("SERVER_NAME");
  readonly serverPort: Single = new Single("SERVER_PORT");
  readonly session: Persistent = new Persistent("SESSION");
  readonly sessionId: Single = new Single("SESSIONID", "", "unless-empty");
  readonly tx: TxVariables = new TxVariables();
  readonly urlencodedError: Single = new Single("URLENCODED_ERROR", "0");
  readonly user: Persistent = new Persistent("USER");
  readonly userId: Single = new Single("USERID", "", "unless-empty");
  readonly xml: XmlVariable = new XmlVariable("REQUEST_XML");
  readonly argsGetNames: Names = new Names("ARGS_GET_NAMES", this.argsGet);
  readonly argsPostNames: Names = new Names("ARGS_POST_NAMES", this.argsPost);
  readonly argsPathNames: Names = new Names("ARGS_PATH_NAMES", this.argsPath);
  readonly matchedVarsNames: Names = new Names("MATCHED_VARS_NAMES", this.matchedVars);
  readonly requestCookiesNames: Names = new Names("REQUEST_COOKIES_NAMES", this.requestCookies);
  readonly requestHeadersNames: Names = new Names("REQUEST_HEADERS_NAMES", this.requestHeaders);
  readonly responseHeadersNames: Names = new Names("RESPONSE_HEADERS_NAMES", this.responseHeaders);
  readonly args: Concat = new Concat("ARGS", [this.argsGet, this.argsPost, this.argsPath]);
  readonly argsNames: Concat = new Concat("ARGS_NAMES", [this.argsGetNames, this.argsPostNames, this.argsPathNames]);
  readonly requestBody: Late = new Late("REQUEST_BODY");
  readonly responseBody: Late = new Late("RESPONSE_BODY");

  readonly #origin: TransactionOrigin;

  constructor(origin: TransactionOrigin) {
    this.#origin = origin;
  }

  // What is worked out at every look has no place of its own.

  get argsCombinedSize(): Computed {
    return this.#computed("ARGS_COMBINED_SIZE", computed.combinedSize);
  }
  get authType(): Computed {
    return this.#computed("AUTH_TYPE", computed.authType, "unless-empty");
  }
  get duration(): Computed {
    return this.#computed("DURATION", computed.duration);
  }
  get fullRequest(): Computed {
    return this.#computed("FULL_REQUEST", computed.fullRequest);
  }
  get fullRequestLength(): Computed {
    return this.#computed("FULL_REQUEST_LENGTH", computed.fullRequestLength);
  }
  get pathInfo(): Computed {
    return this.#computed("PATH_INFO", computed.pathInfo, "unless-empty");
  }
  get remoteHost(): Computed {
    return this.#computed("REMOTE_HOST", computed.remoteHost);
  }
  get remoteUser(): Computed {
    return this.#computed("REMOTE_USER", computed.remoteUser, "unless-empty");
  }
  get requestContentType(): Computed {
    return this.#computed("REQUEST_CONTENT_TYPE", computed.requestContentType);
  }
  get statusLine(): Computed {
    return this.#computed("STATUS_LINE", computed.statusLine);
  }
  get time(): Computed {
    return this.#computed("TIME", computed.time);
  }
  get timeDay(): Computed {
    return this.#computed("TIME_DAY", computed.timeDay);
  }
  get timeEpoch(): Computed {
    return this.#computed("TIME_EPOCH", computed.timeEpoch);
  }
  get timeHour(): Computed {
    return this.#computed("TIME_HOUR", computed.timeHour);
  }
  get timeMin(): Computed {
    return this.#computed("TIME_MIN", computed.timeMin);
  }
  get timeMon(): Computed {
    return this.#computed("TIME_MON", computed.timeMon);
  }
  get timeSec(): Computed {
    return this.#computed("TIME_SEC", computed.timeSec);
  }
  get timeWday(): Computed {
    return this.#computed("TIME_WDAY", computed.timeWday);
  }
  get timeYear(): Computed {
    return this.#computed("TIME_YEAR", computed.timeYear);
  }
  get uniqueId(): Computed {
    return this.#computed("UNIQUE_ID", computed.uniqueId);
  }
  get userAgentIp(): Computed {
    return this.#computed("USERAGENT_IP", computed.userAgentIp);
  }
  get webAppId(): Computed {
    return this.#computed("WEBAPPID", computed.webAppId);
  }
  get matchedVar(): Computed {
    return this.#computed("MATCHED_VAR", computed.matchedVar);
  }
  get matchedVarName(): Computed {
    return this.#computed("MATCHED_VAR_NAME", computed.matchedVarName);
  }

  #computed(name: string, compute: computed.Compute, presence?: Presence): Computed {
    return new Computed(name, compute, this, this.#origin, presence);
  }
}
