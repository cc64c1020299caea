import type { HeaderLine, RecordedExchange, RecordedResponse } from "./recorded-exchange.ts";
import { utf8 } from "./recorded-exchange.ts";

/** A HAR file, version 1.1 or 1.2 (http://www.softwareishard.com/blog/har-12-spec/). */
export interface Har {
  readonly log: { readonly entries: readonly HarEntry[] };
}

interface HarEntry {
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly httpVersion?: string;
    readonly headers?: readonly HarPair[];
    readonly postData?: {
      readonly mimeType?: string;
      readonly text?: string;
      readonly encoding?: string;
      readonly params?: readonly HarPair[];
    };
  };
  readonly response?: {
    readonly status: number;
    readonly httpVersion?: string;
    readonly headers?: readonly HarPair[];
    readonly content?: { readonly mimeType?: string; readonly text?: string; readonly encoding?: string };
  };
}

interface HarPair {
  readonly name: string;
  readonly value?: string;
}

/** Whether a parsed JSON value is a HAR file. */
export function isHar(value: unknown): value is Har {
  const log = (value as Partial<Har> | null)?.log;
  return typeof log === "object" && log !== null && Array.isArray(log.entries);
}

/** The exchanges of a HAR file, in order. */
export function readHar(har: Har, file: string): RecordedExchange[] {
  return har.log.entries.map((entry, at) => readEntry(entry, `${file}#${at + 1}`));
}

function readEntry({ request, response }: HarEntry, name: string): RecordedExchange {
  const [, authority = "", rest = ""] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)([^#]*)/i.exec(request.url) ?? [
    "",
    "",
    request.url,
  ];
  const headers = lines(request.headers);
  if (!headers.some(([key]) => key.toLowerCase() === "host")) headers.unshift(["Host", utf8(authority)]);
  const body = bodyOf(request.postData);
  return {
    name,
    method: utf8(request.method),
    uri: utf8(rest === "" ? "/" : rest),
    protocol: protocolOf(request.httpVersion),
    headers,
    body,
    ...(response === undefined || response.status === 0 ? {} : { response: readResponse(response) }),
  };
}

function readResponse({ status, httpVersion, headers, content }: NonNullable<HarEntry["response"]>): RecordedResponse {
  return {
    status,
    protocol: protocolOf(httpVersion),
    headers: lines(headers),
    body: decoded(content?.text ?? "", content?.encoding),
  };
}

/** Header lines; the pseudo headers of HTTP/2 (`:authority`) are no headers of the request that rules see. */
function lines(pairs: readonly HarPair[] | undefined): HeaderLine[] {
  return (pairs ?? [])
    .filter(({ name }) => !name.startsWith(":"))
    .map(({ name, value }) => [utf8(name), utf8(value ?? "")] as const);
}

function bodyOf(data: HarEntry["request"]["postData"]): string {
  if (data === undefined) return "";
  if (data.text !== undefined && data.text !== "") return decoded(data.text, data.encoding);
  return (data.params ?? []).map(({ name, value }) => `${utf8(name)}=${utf8(value ?? "")}`).join("&");
}

function decoded(text: string, encoding: string | undefined): string {
  return encoding === "base64" ? Buffer.from(text, "base64").toString("latin1") : utf8(text);
}

function protocolOf(version: string | undefined): string {
  const found = /^(?:http\/|h)?(\d)(?:\.(\d))?$/i.exec(version ?? "");
  return found === null ? "HTTP/1.1" : `HTTP/${found[1]!}.${found[2] ?? "0"}`;
}
