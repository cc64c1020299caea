import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import type { Host } from "@cuirass/engine";
import { createWaf } from "@cuirass/engine";
import type { ExchangeRecord, Proxy, ProxyEvents, ProxySettings } from "@cuirass/proxy";
import { createProxy, singleApplication } from "@cuirass/proxy";
import type { CertificatePair } from "../src/client/certificates.ts";

export const rules = `
SecRuleEngine On
SecRequestBodyAccess On
SecResponseBodyAccess On
SecResponseBodyMimeType text/html
SecRequestBodyLimit 100000
SecResponseBodyLimit 50000
SecResponseBodyLimitAction ProcessPartial
SecRule ARGS "@contains attack" "id:1,phase:2,deny,status:403,log"
SecRule REQUEST_HEADERS:X-Drop "@streq yes" "id:2,phase:1,drop,log"
SecRule RESPONSE_BODY "@contains secret" "id:4,phase:4,deny,status:500,log"
SecRule REQUEST_BODY "@contains attack" "id:6,phase:2,deny,status:403,log"
SecRule REQUEST_HEADERS:X-Trailer "@contains attack" "id:7,phase:2,deny,status:403,log"
SecRule REMOTE_ADDR "@streq 192.0.2.66" "id:8,phase:1,deny,status:403,log"
`;

/** Undoes something after the test; the last one asked for first. An `afterEach` of this module would serve its first importer only. */
export function cleanUp(work: () => unknown): void {
  onTestFinished(async () => void (await work()));
}

/** An application on a free port. */
export async function startApplication(
  listener: RequestListener,
): Promise<{ url: URL; close(): void; sockets: Set<Socket> }> {
  const server = createServer(listener);
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): void => {
    server.closeAllConnections();
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  cleanUp(close);
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), close, sockets };
}

export interface TestProxy {
  readonly proxy: Proxy;
  readonly port: number;
  readonly records: ExchangeRecord[];
  readonly faults: string[];
  readonly errors: string[];
  readonly health: string[];
}

/** A proxy on a free port. */
export async function startProxy(
  settings: ProxySettings,
  more: { directives?: string; host?: Host; events?: ProxyEvents; policy?: "block" | "pass" } = {},
): Promise<TestProxy> {
  const waf = createWaf({
    directives: more.directives ?? rules,
    ...(more.host === undefined ? {} : { host: more.host }),
    onFaultPolicy: more.policy ?? "block",
  });
  const records: ExchangeRecord[] = [];
  const faults: string[] = [];
  const errors: string[] = [];
  const health: string[] = [];
  const proxy = createProxy({
    ...settings,
    waf: () => waf,
    onExchange: (record) => records.push(record),
    onFault: (kind, _message, policy) => faults.push(`${kind} ${policy}`),
    onError: (_upstream, _server, error) => errors.push(error.kind),
    onHealth: (_upstream, server, healthy) => health.push(`${server} ${healthy ? "up" : "down"}`),
    ...more.events,
  });
  const { port } = await proxy.listen(0, "127.0.0.1");
  cleanUp(() => proxy.close(50));
  return { proxy, port, records, faults, errors, health };
}

/** Settings for one server with other times than the defaults. */
export function settingsFor(
  urls: readonly URL[],
  more: Partial<ProxySettings> & {
    upstream?: Partial<ProxySettings["upstreams"][number]>;
    server?: Partial<ProxySettings["upstreams"][number]["servers"][number]>;
  } = {},
): ProxySettings {
  const { upstream, server, ...settings } = more;
  const base = singleApplication(urls[0]!);
  const [one] = base.upstreams;
  const servers = urls.map((url) => ({ ...one!.servers[0]!, ...server, url }));
  return { ...base, upstreams: [{ ...one!, servers, ...upstream }], ...settings };
}

/** Sends raw bytes and reads until the server closes. */
export function exchange(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes as string, "latin1"));
    socket.on("data", (piece) => (text += piece.toString("latin1")));
    socket.on("close", () => resolve(text));
    socket.on("error", () => resolve(text));
  });
}

/** Waits until something holds; on a machine that others use as well, for long. */
export function eventually(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 20_000, interval: 20 });
}

export const close = "Host: example.com\r\nConnection: close\r\n\r\n";

/** A self-signed certificate for some names, made with openssl. */
export function certificateFor(...names: string[]): CertificatePair {
  const folder = mkdtempSync(join(tmpdir(), "cuirass-cert-"));
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = `/CN=${names[0]}`;
  const alternatives = `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`;
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "2",
      "-subj",
      subject,
      "-addext",
      alternatives,
      "-keyout",
      key,
      "-out",
      certificate,
    ],
    { stdio: "ignore" },
  );
  const pair = { name: names[0]!, key: readFileSync(key, "utf8"), certificate: readFileSync(certificate, "utf8") };
  rmSync(folder, { recursive: true });
  return pair;
}
