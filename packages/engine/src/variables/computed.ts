import type { ByteString } from "../text/bytes.ts";
import type { Variables } from "./variables.ts";

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
