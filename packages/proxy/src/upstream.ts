import { Agent, request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import type { RequestHead } from "./request-head.ts";

/** Headers that concern one connection only (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** How the application behind is reached. */
export interface UpstreamOptions {
  readonly url: URL;
  readonly timeoutMs: number;
  /** Ask for uncompressed responses, so that their bodies can be inspected. */
  readonly identityEncoding: boolean;
}

/** One application behind the proxy, with a pool of kept connections. */
export class Upstream {
  readonly #options: UpstreamOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256, scheduling: "lifo" });

  constructor(options: UpstreamOptions) {
    this.#options = options;
  }

  /** Sends a request; `body` is read as fast as the application takes it. Rejects when there is no response head in time. */
  send(
    head: RequestHead,
    clientAddress: string,
    contentLength: number | undefined,
    body: AsyncIterable<Uint8Array> | undefined,
  ): Promise<IncomingMessage> {
    const { url, timeoutMs } = this.#options;
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest({
        host: url.hostname,
        port: url.port === "" ? 80 : Number(url.port),
        method: head.method,
        path: head.target,
        headers: this.#headers(head, clientAddress, contentLength, body !== undefined),
        agent: this.#agent,
        timeout: timeoutMs,
        setHost: false,
      });
      outgoing.on("response", resolve);
      outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`)));
      outgoing.on("error", reject);
      if (body === undefined) outgoing.end();
      else void pump(body, outgoing).catch((error: unknown) => outgoing.destroy(error as Error));
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Header lines as received and in their order, less those of the connection, as a flat list of names and values. */
  #headers(head: RequestHead, clientAddress: string, contentLength: number | undefined, hasBody: boolean): string[] {
    const named = new Set(
      head.headers
        .filter(([name]) => name.toLowerCase() === "connection")
        .flatMap(([, value]) =>
          value
            .toLowerCase()
            .split(",")
            .map((token) => token.trim()),
        ),
    );
    const flat: string[] = [];
    let forwardedFor = "";
    for (const [name, value] of head.headers) {
      const lower = name.toLowerCase();
      if (HOP_BY_HOP.has(lower) || named.has(lower) || lower === "content-length" || lower === "expect") continue;
      if (lower === "accept-encoding" && this.#options.identityEncoding) continue;
      if (lower === "x-forwarded-for") {
        forwardedFor += `${value}, `;
        continue;
      }
      flat.push(name, value);
    }
    if (this.#options.identityEncoding) flat.push("Accept-Encoding", "identity");
    if (contentLength !== undefined) flat.push("Content-Length", String(contentLength));
    else if (hasBody) flat.push("Transfer-Encoding", "chunked");
    flat.push("X-Forwarded-For", forwardedFor + clientAddress, "Connection", "keep-alive");
    return flat;
  }
}

async function pump(body: AsyncIterable<Uint8Array>, outgoing: ReturnType<typeof httpRequest>): Promise<void> {
  for await (const piece of body) {
    if (!outgoing.write(piece)) await new Promise((resolve) => outgoing.once("drain", resolve));
  }
  outgoing.end();
}
