import type { Server } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import type { Waf } from "@cuirass/engine";
import { createWaf } from "@cuirass/engine";
import { createNodeHost } from "@cuirass/node";
import { onTestFinished } from "vitest";

/** Few rules, each with an effect of its own. */
export const rules = `
SecRuleEngine On
SecRequestBodyAccess On
SecRequestBodyLimit 300000
SecRequestBodyInMemoryLimit 65536
SecResponseBodyAccess On
SecResponseBodyMimeType text/html
SecResponseBodyLimit 100000
SecRule REQUEST_HEADERS:Content-Type "@beginsWith application/json" "id:9,phase:1,pass,nolog,ctl:requestBodyProcessor=JSON"
SecRule ARGS|REQUEST_HEADERS:X-Test "@contains attack" "id:1,phase:2,deny,status:403,log,msg:'Attack',setvar:tx.anomaly_score=5"
SecRule REQUEST_HEADERS:X-Drop "@streq yes" "id:2,phase:1,drop,log"
SecRule REQUEST_URI "@beginsWith /old" "id:3,phase:1,redirect:/new,status:301,log"
SecRule RESPONSE_BODY "@contains secret" "id:4,phase:4,deny,status:403,log"
SecRule RESPONSE_HEADERS:X-Leak "@unconditionalMatch" "id:5,phase:3,deny,status:502,log"
SecRule REQUEST_URI_RAW "@contains /./" "id:6,phase:1,deny,status:400,log"
`;

/** A WAF with these directives. */
export function testWaf(directives: string = rules): Waf {
  return createWaf({ directives, host: createNodeHost() });
}

/** Runs after the current test; the last one asked for first. An `afterEach` of this module would serve its first importer only. */
export function cleanUp(work: () => unknown): void {
  onTestFinished(async () => void (await work()));
}

/** Starts listening on a free port of loopback until the test ends. */
export async function listen(server: Server): Promise<number> {
  if (!server.listening) await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUp(() => {
    server.closeAllConnections?.();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** A whole response, read to the end of the connection or of its framing. */
export interface RawResponse {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Sends raw bytes, in pieces when given as a list, and reads until the server closes. */
export function exchange(port: number, bytes: string | readonly string[]): Promise<RawResponse> {
  return new Promise((resolve) => {
    let text = "";
    const pieces = typeof bytes === "string" ? [bytes] : bytes;
    const socket = connect(port, "127.0.0.1", () => void send());
    const send = async (): Promise<void> => {
      for (const piece of pieces) {
        socket.write(piece, "latin1");
        if (pieces.length > 1) await new Promise((done) => setTimeout(done, 20));
      }
    };
    socket.on("data", (piece) => (text += piece.toString("latin1")));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      const final = text.replace(/^(HTTP\/1\.1 1\d\d[^]*?\r\n\r\n)+/, "");
      const end = final.indexOf("\r\n\r\n");
      const head = final.slice(0, Math.max(end, 0));
      const body = final.slice(end + 4);
      resolve({ status: Number(final.slice(9, 12)) || 0, head, body: /chunked/i.test(head) ? unchunk(body) : body });
    });
  });
}

function unchunk(body: string): string {
  let out = "";
  for (let at = 0; ;) {
    const end = body.indexOf("\r\n", at);
    const size = end < 0 ? 0 : parseInt(body.slice(at, end), 16);
    if (!(size > 0)) return out;
    out += body.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
  }
}

export const end = "Host: example.com\r\nConnection: close\r\n";

/** A GET. */
export function get(target: string, headers = ""): string {
  return `GET ${target} HTTP/1.1\r\n${end}${headers}\r\n`;
}

/** A POST with a length. */
export function post(target: string, type: string, body: string, headers = ""): string {
  return `POST ${target} HTTP/1.1\r\n${end}Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n${headers}\r\n${body}`;
}
