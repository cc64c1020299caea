import { fileURLToPath } from "node:url";
import type { ServiceDefinition } from "@grpc/grpc-js";
import { loadPackageDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

/** A header line. Its value is in `rawValue`; `value` is what old versions of Envoy fill. */
export interface HeaderValue {
  readonly key: string;
  readonly value?: string;
  readonly rawValue?: Uint8Array;
}

interface HeaderMap {
  readonly headers?: readonly HeaderValue[];
}

/** Start of a request or response. */
export interface HttpHeaders {
  readonly headers?: HeaderMap | undefined;
  readonly endOfStream?: boolean;
}

/** A body, or a piece of one. */
export interface HttpBody {
  readonly body?: Uint8Array;
  readonly endOfStream?: boolean;
}

/** Header lines after a body. */
export interface HttpTrailers {
  readonly trailers?: HeaderMap | undefined;
}

/** How Envoy sends bodies. */
export type BodySendMode = "NONE" | "STREAMED" | "BUFFERED" | "BUFFERED_PARTIAL" | "FULL_DUPLEX_STREAMED" | "GRPC";

/** A message of Envoy: one of the first six fields is there. */
export interface ProcessingRequest {
  readonly requestHeaders?: HttpHeaders | undefined;
  readonly responseHeaders?: HttpHeaders | undefined;
  readonly requestBody?: HttpBody | undefined;
  readonly responseBody?: HttpBody | undefined;
  readonly requestTrailers?: HttpTrailers | undefined;
  readonly responseTrailers?: HttpTrailers | undefined;
  /** By name of the filter, then by name of the attribute. */
  readonly attributes?: Readonly<
    Record<string, { readonly fields?: Readonly<Record<string, { readonly stringValue?: string }>> }>
  >;
  readonly observabilityMode?: boolean;
  readonly protocolConfig?:
    | { readonly requestBodyMode?: BodySendMode; readonly responseBodyMode?: BodySendMode }
    | undefined;
}

/** What is done with a body in answer to one of its pieces. */
export interface BodyResponse {
  readonly response?: {
    readonly bodyMutation?: { readonly streamedResponse: { readonly body: Uint8Array; readonly endOfStream: boolean } };
  };
}

/** Which parts of an exchange Envoy sends from here on. */
export interface ProcessingMode {
  readonly requestBodyMode: BodySendMode;
  readonly responseHeaderMode: "SEND";
  readonly responseBodyMode: BodySendMode;
  readonly requestTrailerMode: "SEND" | "SKIP";
  readonly responseTrailerMode: "SEND" | "SKIP";
}

/** An answer in place of the application's. */
export interface ImmediateResponse {
  readonly status: { readonly code: number };
  readonly headers: { readonly setHeaders: readonly { readonly header: HeaderValue; readonly appendAction: string }[] };
  readonly body: Uint8Array;
  readonly grpcStatus?: { readonly status: number };
  readonly details: string;
}

/** An answer to a message of Envoy: the field of the same name, or an immediate response. */
export interface ProcessingResponse {
  readonly requestHeaders?: object;
  readonly responseHeaders?: object;
  readonly requestBody?: BodyResponse;
  readonly responseBody?: BodyResponse;
  readonly requestTrailers?: object;
  readonly responseTrailers?: object;
  readonly immediateResponse?: ImmediateResponse;
  readonly modeOverride?: ProcessingMode;
}

interface Loaded {
  readonly service: ServiceDefinition;
}

function load(file: string, path: readonly string[]): ServiceDefinition {
  const location = fileURLToPath(new URL(`../proto/${file}`, import.meta.url));
  const definition = loadSync(location, { enums: String, longs: Number, defaults: false, oneofs: false });
  let node: unknown = loadPackageDefinition(definition);
  for (const name of path) node = (node as Record<string, unknown>)[name];
  return (node as Loaded).service;
}

/** Envoy's external processing. */
export const externalProcessor: ServiceDefinition = load("ext_proc.proto", [
  "envoy",
  "service",
  "ext_proc",
  "v3",
  "ExternalProcessor",
]);

/** gRPC's health checks. */
export const health: ServiceDefinition = load("health.proto", ["grpc", "health", "v1", "Health"]);
