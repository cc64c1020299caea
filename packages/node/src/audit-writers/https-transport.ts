import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { AuditEntry } from "@cuirass/engine";
import type { AuditTransport } from "./transport.ts";
import { RefusedError, RetryLaterError } from "./transport.ts";

const RETRY_AFTER_LIMIT_MS = 60_000;

/** How entries are sent over HTTP. */
export interface HttpsAuditOptions {
  /** Entries of a request. 1 sends each alone, with the content type of its format. Default 100. */
  readonly batchEntries?: number;
  /** Milliseconds for a request with its answer. Default 5000. */
  readonly timeoutMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** PEM files: authority of the server's certificate; certificate and key of ours. */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/**
 * POSTs entries to SecAuditLog's URL: JSON formats as `application/x-ndjson`, one entry a line, others one after the other.
 * Each batch has an id in `X-Cuirass-Batch`, the same when it is sent again, so that a receiver can tell repetitions.
 *
 * Compat: batched, in the background and repeated on failure; Coraza sends each entry while the transaction waits, once.
 */
export class HttpsTransport implements AuditTransport {
  readonly name: string;
  readonly batchEntries: number;
  readonly batchBytes: number = 1024 * 1024;
  readonly lingerMs = 50;
  readonly #url: URL;
  readonly #timeoutMs: number;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #agent: HttpAgent | HttpsAgent;
  #lastBatch: { readonly entries: readonly AuditEntry[]; readonly id: string } | undefined;

  /** @throws Error when the URL or a PEM file cannot be used. */
  constructor(target: string, options: HttpsAuditOptions = {}) {
    const url = URL.canParse(target) ? new URL(target) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) {
      throw new Error(`SecAuditLog "${target}" is no http:// or https:// URL`);
    }
    this.#headers = { ...authorization(url), ...options.headers };
    url.username = url.password = "";
    this.#url = url;
    this.name = `${url.origin}${url.pathname}`;
    this.batchEntries = options.batchEntries ?? 100;
    this.#timeoutMs = options.timeoutMs ?? 5000;
    const pem = (file: string | undefined): Buffer | undefined => (file === undefined ? undefined : readFileSync(file));
    this.#agent =
      url.protocol === "http:"
        ? new HttpAgent({ keepAlive: true, maxSockets: 1 })
        : new HttpsAgent({
            keepAlive: true,
            maxSockets: 1,
            ca: pem(options.caFile),
            cert: pem(options.certFile),
            key: pem(options.keyFile),
          });
  }

  async deliver(batch: readonly AuditEntry[]): Promise<void> {
    if (this.#lastBatch?.entries !== batch) this.#lastBatch = { entries: batch, id: randomUUID() };
    const { mimeType } = batch[0]!;
    const lines = this.batchEntries > 1 && mimeType.startsWith("application/json");
    const body = Buffer.from(batch.map(({ text }) => (lines ? `${text}\n` : text)).join(""), "latin1");
    const { status, retryAfter } = await this.#post(body, lines ? "application/x-ndjson" : mimeType);
    if (status >= 200 && status < 300) return;
    const message = `${this.name} answered ${status}`;
    if (status === 408 || status === 429 || status >= 500) throw new RetryLaterError(message, retryAfter);
    throw new RefusedError(message);
  }

  close(): Promise<void> {
    this.#agent.destroy();
    return Promise.resolve();
  }

  #post(body: Buffer, contentType: string): Promise<{ readonly status: number; readonly retryAfter: number }> {
    const send = this.#url.protocol === "http:" ? httpRequest : httpsRequest;
    return new Promise((resolve, reject) => {
      const request = send(
        this.#url,
        {
          method: "POST",
          agent: this.#agent,
          headers: {
            "content-type": contentType,
            "content-length": body.length,
            "user-agent": "Cuirass",
            "x-cuirass-batch": this.#lastBatch!.id,
            ...this.#headers,
          },
        },
        (response) => {
          response.resume();
          response.once("error", reject);
          response.once("end", () => {
            clearTimeout(timer);
            const seconds = Number(response.headers["retry-after"]);
            const retryAfter = seconds > 0 ? Math.min(seconds * 1000, RETRY_AFTER_LIMIT_MS) : 0;
            resolve({ status: response.statusCode ?? 0, retryAfter });
          });
        },
      );
      const timer = setTimeout(
        () => request.destroy(new Error(`no answer within ${this.#timeoutMs} ms`)),
        this.#timeoutMs,
      );
      request.once("error", (error) => {
        clearTimeout(timer);
        reject(error);
      });
      request.end(body);
    });
  }
}

/** User and password of the URL as Basic credentials. */
function authorization(url: URL): Record<string, string> {
  if (url.username === "") return {};
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}
