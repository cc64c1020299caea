import type { ByteString } from "../text/bytes.ts";
import type { Variables } from "./variables.ts";
import { base64Decode } from "../transformations/base64-decode.ts";

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

type Compute = (v: Variables, origin: TransactionOrigin) => ByteString;

export const combinedSize: Compute = (v) => {
  let size = 0;
  for (const entry of v.argsGet.entries) size += entry.key.length + entry.value.length;
  for (const entry of v.argsPost.entries) size += entry.key.length + entry.value.length;
  return String(size);
};

export const authType: Compute = (v) => {
  const value = v.requestHeaders.first("authorization") ?? "";
  const blank = value.indexOf(" ");
  return (blank < 0 ? value : value.slice(0, blank)).toLowerCase();
};

export const duration: Compute = (_v, origin) => String(origin.elapsedMicroseconds());
export const uniqueId: Compute = (_v, origin) => origin.id;
export const webAppId: Compute = (_v, origin) => origin.webAppId;
export const userAgentIp: Compute = (v) => v.remoteAddr.value;
export const remoteHost: Compute = (v) => v.remoteAddr.value;
export const requestContentType: Compute = (v) => v.requestHeaders.first("content-type") ?? "";

export const remoteUser: Compute = (v) => {
  const credentials = /^basic +([A-Za-z0-9+/]{1,8192}=*) *$/i.exec(v.requestHeaders.first("authorization") ?? "");
  if (credentials === null) return "";
  const decoded = base64Decode.apply(credentials[1]!);
  const colon = decoded.indexOf(":");
  return colon < 0 ? "" : decoded.slice(0, colon);
};

export const pathInfo: Compute = (v) => {
  const path = v.requestFilename.value;
  const script = /\.[A-Za-z0-9]{1,8}(?=\/)/.exec(path);
  return script === null ? "" : path.slice(script.index + script[0].length);
};

export const fullRequest: Compute = (v, origin) => {
  const headers = v.requestHeaders.entries.map(({ key, value }) => `${key}: ${value}\n`).join("");
  return `${v.requestLine.value}\n${headers}\n${origin.requestBodyText()}`;
};

export const fullRequestLength: Compute = (v, origin) => {
  let size = v.requestLine.value.length + 2 + origin.requestBodySize;
  for (const { key, value } of v.requestHeaders.entries) size += key.length + value.length + 3;
  return String(size);
};

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
