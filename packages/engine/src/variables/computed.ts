import type { ByteString } from "../text/bytes.ts";
import type { Variables } from "./variables.ts";
import { isDigit, toLowerAscii } from "../text/ascii.ts";
import { trimSpace } from "../text/trim.ts";
import { base64Decode } from "../transformations/base64-decode.ts";
import { nameOfLast } from "./matched.ts";

/** Facts about a transaction that computed variables draw on. */
export interface TransactionOrigin {
  readonly id: string;
  /** Start, milliseconds since the epoch. */
  readonly startMs: number;
  readonly webAppId: string;
  elapsedMicroseconds(): number;
  /** Raw request body as buffered. */
  requestBodyText(): ByteString;
  readonly requestBodySize: number;
}

/** MODSEC_BUILD: major, minor and patch as two digits each, then the release number, as ModSecurity writes it. */
export const BUILD_NUMBER = "000100000";

const CREDENTIALS_LIMIT = 8192;
const EXTENSION_LIMIT = 8;

/** What a computed variable holds, given the others and the transaction. */
export type Compute = (v: Variables, origin: TransactionOrigin) => ByteString;

export const combinedSize: Compute = (v) => {
  let size = 0;
  for (const entry of v.argsGet.entries) size += entry.key.length + entry.value.length;
  for (const entry of v.argsPost.entries) size += entry.key.length + entry.value.length;
  return String(size);
};

export const authType: Compute = (v) => {
  const value = v.requestHeaders.first("authorization") ?? "";
  const blank = value.indexOf(" ");
  return toLowerAscii(blank < 0 ? value : value.slice(0, blank));
};

export const matchedVar: Compute = (v) => v.matched.last?.value ?? "";
export const matchedVarName: Compute = (v) => nameOfLast(v.matched);
export const duration: Compute = (_v, origin) => String(origin.elapsedMicroseconds());
export const uniqueId: Compute = (_v, origin) => origin.id;
export const webAppId: Compute = (_v, origin) => origin.webAppId;
export const userAgentIp: Compute = (v) => v.remoteAddr.value;
export const remoteHost: Compute = (v) => v.remoteAddr.value;
export const requestContentType: Compute = (v) => v.requestHeaders.first("content-type") ?? "";

/** User name of Basic credentials (RFC 7617); "" for other schemes and for what is not Base64. */
export const remoteUser: Compute = (v, origin) => {
  const value = v.requestHeaders.first("authorization") ?? "";
  if (authType(v, origin) !== "basic" || value.length > CREDENTIALS_LIMIT) return "";
  const decoded = base64Decode.apply(trimSpace(value.slice("basic".length), true, true));
  const colon = decoded.indexOf(":");
  return colon < 0 ? "" : decoded.slice(0, colon);
};

/** The path after the first segment that ends in an extension, e.g. `/a/b` of `/x.php/a/b` (RFC 3875, 4.1.5, as far as it can be told). */
export const pathInfo: Compute = (v) => {
  const path = v.requestFilename.value;
  for (let slash = path.indexOf("/", 1); slash >= 0; slash = path.indexOf("/", slash + 1)) {
    if (endsInExtension(path, slash)) return path.slice(slash);
  }
  return "";
};

/** Whether a dot and one to eight letters or digits stand before `end`. */
function endsInExtension(path: ByteString, end: number): boolean {
  let at = end - 1;
  while (at >= 0 && end - at <= EXTENSION_LIMIT && isAlphanumeric(path.charCodeAt(at))) at--;
  return at < end - 1 && path.charCodeAt(at) === 0x2e;
}

function isAlphanumeric(unit: number): boolean {
  const letter = unit | 0x20;
  return isDigit(unit) || (letter >= 0x61 && letter <= 0x7a);
}

/**
 * Request line, headers and body as text. As ModSecurity puts it together: from what was parsed, not from the wire.
 */
export const fullRequest: Compute = (v, origin) => {
  const headers = v.requestHeaders.entries.map(({ key, value }) => `${key}: ${value}\n`).join("");
  return `${v.requestLine.value}\n${headers}\n${origin.requestBodyText()}`;
};

export const fullRequestLength: Compute = (v, origin) => {
  let size = v.requestLine.value.length + 2 + origin.requestBodySize;
  for (const { key, value } of v.requestHeaders.entries) size += key.length + value.length + 3;
  return String(size);
};

/** Protocol and status; hosts do not tell the reason phrase. */
export const statusLine: Compute = (v) =>
  v.responseStatus.value === "" ? "" : `${v.responseProtocol.value} ${v.responseStatus.value}`;

const twoDigits = (value: number): ByteString => String(value).padStart(2, "0");

export const time: Compute = (_v, { startMs }) => {
  const date = new Date(startMs);
  return `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}:${twoDigits(date.getSeconds())}`;
};
export const timeDay: Compute = (_v, { startMs }) => String(new Date(startMs).getDate());
export const timeEpoch: Compute = (_v, { startMs }) => String(Math.floor(startMs / 1000));
export const timeHour: Compute = (_v, { startMs }) => twoDigits(new Date(startMs).getHours());
export const timeMin: Compute = (_v, { startMs }) => twoDigits(new Date(startMs).getMinutes());
export const timeMon: Compute = (_v, { startMs }) => String(new Date(startMs).getMonth() + 1);
export const timeSec: Compute = (_v, { startMs }) => twoDigits(new Date(startMs).getSeconds());
export const timeWday: Compute = (_v, { startMs }) => String(new Date(startMs).getDay());
export const timeYear: Compute = (_v, { startMs }) => String(new Date(startMs).getFullYear());
