import type { ClientDuplexStream } from "@grpc/grpc-js";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import type { ProcessingRequest, ProcessingResponse } from "../src/protocol.ts";
import { externalProcessor } from "../src/protocol.ts";

type Call = ClientDuplexStream<ProcessingRequest, ProcessingResponse>;

/** One HTTP exchange as Envoy would tell it. */
export class Exchange {
  readonly #call: Call;
  readonly #received: ProcessingResponse[] = [];
  #wake: (() => void) | undefined;
  ended = false;
  error: { code?: number; details?: string } | undefined;

  constructor(call: Call) {
    this.#call = call;
    call.on("data", (response: ProcessingResponse) => {
      this.#received.push(response);
      this.#wake?.();
    });
    call.on("end", () => this.#end());
    call.on("error", (error: { code?: number; details?: string }) => {
      this.error = error;
      this.#end();
    });
  }

  #end(): void {
    this.ended = true;
    this.#wake?.();
  }

  post(message: ProcessingRequest): void {
    this.#call.write(message);
  }

  /** The next answer; undefined when the service has ended the call. */
  async next(): Promise<ProcessingResponse | undefined> {
    while (this.#received.length === 0 && !this.ended) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#received.shift();
  }

  /** True when nothing comes for a while. */
  async silent(): Promise<boolean> {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return this.#received.length === 0 && !this.ended;
  }

  async ask(message: ProcessingRequest): Promise<ProcessingResponse | undefined> {
    this.post(message);
    return this.next();
  }

  /** Envoy is done. */
  async end(): Promise<void> {
    this.#call.end();
    while (!this.ended) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  cancel(): void {
    this.#call.cancel();
  }
}

/** Envoy's side of the protocol. */
export class EnvoyClient {
  readonly #client: Client;

  constructor(port: number) {
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  }

  open(initial: Record<string, string> = {}): Exchange {
    const { Process: method } = externalProcessor as unknown as {
      Process: {
        path: string;
        requestSerialize(value: unknown): Buffer;
        responseDeserialize(bytes: Buffer): ProcessingResponse;
      };
    };
    const metadata = new Metadata();
    for (const [key, value] of Object.entries(initial)) metadata.set(key, value);
    return new Exchange(
      this.#client.makeBidiStreamRequest<ProcessingRequest, ProcessingResponse>(
        method.path,
        (message) => method.requestSerialize(message),
        (bytes) => method.responseDeserialize(bytes),
        metadata,
      ),
    );
  }

  close(): void {
    this.#client.close();
  }
}

/** Headers as Envoy sends them: bytes in raw_value. */
export function headerMap(lines: readonly (readonly [string, string])[]) {
  return { headers: lines.map(([key, value]) => ({ key, rawValue: Buffer.from(value, "latin1") })) };
}

/** The first message of an exchange. */
export function requestHeaders(
  path: string,
  options: {
    method?: string;
    headers?: [string, string][];
    end?: boolean;
    modes?: ProcessingRequest["protocolConfig"];
    client?: string;
    protocol?: string;
  } = {},
): ProcessingRequest {
  const attribute = (text: string) => ({ stringValue: text, kind: "stringValue" });
  return {
    requestHeaders: {
      headers: headerMap([
        [":method", options.method ?? "GET"],
        [":path", path],
        [":scheme", "http"],
        [":authority", "www.example.com"],
        ...(options.headers ?? []),
      ]),
      endOfStream: options.end ?? true,
    },
    attributes: {
      "envoy.filters.http.ext_proc": {
        fields: {
          "source.address": attribute(options.client ?? "192.0.2.1:4711"),
          "request.protocol": attribute(options.protocol ?? "HTTP/2"),
        },
      },
    },
    ...(options.modes === undefined ? {} : { protocolConfig: options.modes }),
  };
}

export const post = (type: string, more: Partial<Parameters<typeof requestHeaders>[1]> = {}): ProcessingRequest =>
  requestHeaders("/form", {
    method: "POST",
    end: false,
    ...more,
    headers: [["content-type", type], ...(more?.headers ?? [])],
  });

export const responseHeaders = (status: number, headers: [string, string][], end = false): ProcessingRequest => ({
  responseHeaders: { headers: headerMap([[":status", String(status)], ...headers]), endOfStream: end },
});
