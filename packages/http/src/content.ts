import type { HeaderLines, RequestHead, ResponseHead } from "./shapes.ts";
import { firstHeader } from "./shapes.ts";

/**
 * The content codings of all header lines, lower-case, joined by ", "; "" for none. Two codings on top of each other are
 * one that nobody here can read, and a second line must not hide behind the first.
 */
export function contentCoding(headers: HeaderLines): string {
  let codings = "";
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (headers[at]!.length !== 16 || headers[at]!.toLowerCase() !== "content-encoding") continue;
    for (const part of headers[at + 1]!.split(",")) {
      const coding = part.trim().toLowerCase();
      if (coding !== "" && coding !== "identity") codings += codings === "" ? coding : `, ${coding}`;
    }
  }
  return codings;
}

/** Events have to arrive one by one, so this type is never held back, whatever the settings list. */
export function isEventStream(head: ResponseHead): boolean {
  return mediaType(head.headers) === "text/event-stream";
}

/**
 * A gRPC call by all its marks (gRPC over HTTP/2, "Requests"). Its messages flow in both directions at once, so they cannot
 * be held; one mark alone must not be a way around the inspection of bodies.
 */
export function isGrpcCall({ method, protocol, headers }: RequestHead): boolean {
  if (method !== "POST" || !protocol.startsWith("HTTP/2")) return false;
  const type = mediaType(headers);
  if (type !== "application/grpc" && !type.startsWith("application/grpc+")) return false;
  return firstHeader(headers, "te").toLowerCase() === "trailers";
}

function mediaType(headers: HeaderLines): string {
  const type = firstHeader(headers, "content-type");
  const end = type.indexOf(";");
  return (end < 0 ? type : type.slice(0, end)).trim().toLowerCase();
}
